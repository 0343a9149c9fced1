/**
 * Goal: a lease on a name is held by one holder at a time, in any schedule, and whoever is refused leaves no trace.
 * Method: the laws of `harness/laws/lock`, each a test, on the functions that the binding names.
 */
import { describeLaws } from "../../harness/kit/describe-laws.ts";
import { lockSubject } from "../../harness/laws/lock/lock-subject.ts";

await describeLaws(lockSubject);
