/**
 * Goal: a revision brings exactly what it is meant to, and takes exactly that away again.
 * Method: the laws of `harness/laws/migration`, each a test, on databases at the revision before.
 */
import { describeLaws } from "../../harness/kit/describe-laws.ts";
import { migrationSubject } from "../../harness/laws/migration/migration-subject.ts";

await describeLaws(migrationSubject);
