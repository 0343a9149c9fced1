/**
 * Goal: locks, replays, archive and outbox have nothing to do with one another, whichever calls meet.
 * Method: the law of `harness/laws/apart`, a test, on the functions that the binding names.
 */
import { describeLaws } from "../../harness/kit/describe-laws.ts";
import { apartSubject } from "../../harness/laws/apart/apart-subject.ts";

await describeLaws(apartSubject);
