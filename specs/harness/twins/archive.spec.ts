/**
 * Goal: Each law of the archive notices what breaks it, and what breaks another law only does not bother it.
 * Method: The twins of `fixtures/m10/twins`, each in a database of its own, with five seeds where seeds matter.
 */
import { describeTwins } from "../../../harness/kit/describe-twins.ts";
import { archiveSubject } from "../../../harness/laws/archive/archive-subject.ts";

await describeTwins(archiveSubject, "fixtures/m10/twins");
