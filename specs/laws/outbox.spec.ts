/**
 * Goal: every event that was published is delivered in order, by one processor at a time, or is there for all to see.
 * Method: the laws of `harness/laws/outbox`, each a test, on the functions that the binding names.
 */
import { describeLaws } from "../../harness/kit/describe-laws.ts";
import { outboxSubject } from "../../harness/laws/outbox/outbox-subject.ts";

await describeLaws(outboxSubject);
