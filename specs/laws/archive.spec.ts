/**
 * Goal: a dead letter leaves the stream only once the archive has all of it.
 * Method: the laws of `harness/laws/archive`, each a test, on the function and the worker that the binding names.
 */
import { describeLaws } from "../../harness/kit/describe-laws.ts";
import { archiveSubject } from "../../harness/laws/archive/archive-subject.ts";

await describeLaws(archiveSubject);
