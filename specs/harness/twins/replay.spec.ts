/**
 * Goal: Each law of the replay log notices what breaks it, and what breaks another law only does not bother it.
 * Method: The twins of `fixtures/m10/twins`, each in a database of its own, with five seeds where seeds matter.
 */
import { describeTwins } from "../../../harness/kit/describe-twins.ts";
import { replaySubject } from "../../../harness/laws/replay/replay-subject.ts";

await describeTwins(replaySubject, "fixtures/m10/twins");
