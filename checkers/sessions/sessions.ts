import type { Checker } from "../../harness/ports/checker.ts";
import type { Reason } from "../../harness/ports/verdict.ts";
import type { Model } from "../models/index.ts";
import { registerChecker } from "../register-history/register-checker.ts";
import { findViolation } from "./find-violation.ts";
import { ALL_GUARANTEES, type Guarantee } from "./guarantees.ts";
import { knownOlder } from "./known-older.ts";

/**
 * Session guarantees, any combination: whether there are visible sets that are closed under them and one order of all writes, such
 * that each read returns the last visible write of its key. A session is a process.
 *
 * Anomalies: ThinAirRead; `older-than-own-write`, `older-than-earlier-read`, `older-than-visible-write`: a read of a version that the
 * guarantees order before one that must be visible; `arbitration-cycle`: several reads that no one order explains;
 * `write-before-itself`. A history that obeys the guarantees can have `older-than-own-write` or `older-than-earlier-read` as a
 * reason ({@link knownOlder}), or `unobservable`.
 * Cost: O(n·k·log n) for n operations in k sessions. For other reasons and errors see registerChecker.
 * Source: Terry et al., "Session guarantees for weakly consistent replicated data", PDIS 1994; visibility and arbitration as
 * Burckhardt, "Principles of eventual consistency", 2014.
 */
export function sessions(model: Model, guarantees: readonly Guarantee[] = ALL_GUARANTEES): Checker {
  const chosen = new Set(guarantees);
  return registerChecker(
    {
      name: chosen.size === ALL_GUARANTEES.length ? "session" : guarantees.join(", "),
      find: (registers, meter) => {
        const found = findViolation(registers, chosen, meter);
        return found === undefined ? [] : [found];
      },
      remarks: (registers, of) => [...unobservable(chosen), ...knownOlder(registers, chosen, of)],
    },
    model,
  );
}

/**
 * Monotonic writes alone: what is visible to a read of one key is what it read and what came before that in its
 * session, and these are in that order.
 */
function unobservable(chosen: ReadonlySet<Guarantee>): Reason[] {
  if (chosen.size !== 1 || !chosen.has("monotonic-writes")) return [];
  return [
    {
      code: "unobservable",
      message:
        "no history of reads of one key at a time can violate monotonic-writes alone, so that this verdict says nothing of the store",
      hint: "judge it together with others (session is all four), where it can be seen",
    },
  ];
}
