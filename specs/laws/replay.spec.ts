/**
 * Goal: a dead letter is replayed once, whoever asks and however often, and what is recorded of it stays.
 * Method: the laws of `harness/laws/replay`, each a test, on the functions and the worker that the binding names.
 */
import { describeLaws } from "../../harness/kit/describe-laws.ts";
import { replaySubject } from "../../harness/laws/replay/replay-subject.ts";

await describeLaws(replaySubject);
