/**
 * Goal: Each law of migrations notices what breaks it, and what breaks another law only does not bother it.
 * Method: The twins of `fixtures/m10/twins`, each in a database of its own, with five seeds where seeds matter.
 */
import { describeTwins } from "../../../harness/kit/describe-twins.ts";
import { migrationSubject } from "../../../harness/laws/migration/migration-subject.ts";

await describeTwins(migrationSubject, "fixtures/m10/twins");
