/**
 * Goal: The law of parts that are apart notices what ties them together.
 * Method: The twins of `fixtures/m10/twins`, each in a database of its own.
 */
import { describeTwins } from "../../../harness/kit/describe-twins.ts";
import { apartSubject } from "../../../harness/laws/apart/apart-subject.ts";

await describeTwins(apartSubject, "fixtures/m10/twins");
