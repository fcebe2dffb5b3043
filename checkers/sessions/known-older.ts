import type { Reason } from "../../harness/ports/verdict.ts";
import { teller } from "../linearizable/explanation/story.ts";
import { stepMeter } from "../linearizable/meter.ts";
import type { Model } from "../models/index.ts";
import { causalOrder, isUpTo } from "../register-history/causal-order.ts";
import { NONE, type RegisterHistory } from "../register-history/register-history.ts";
import type { Guarantee } from "./guarantees.ts";

/** The check that came before took more. */
const UNLIMITED = Number.POSITIVE_INFINITY;

/**
 * The order-free reading of read your writes and monotonic reads, where it says more than the verdict: a session read a
 * version that comes causally before one of its own earlier writes, or before one that it had read. Without the other
 * guarantees nothing orders these two versions, so that the history obeys the definition; a user would not think so.
 *
 * Cost: O(n·k), and for a session and key one look at each version that it has read.
 */
export function knownOlder(
  registers: RegisterHistory,
  guarantees: ReadonlySet<Guarantee>,
  model: Model,
): Reason[] {
  const causal = causalOrder(registers, stepMeter(UNLIMITED, UNLIMITED));
  if (causal === undefined) return [];
  const own = guarantees.has("read-your-writes");
  const seen = guarantees.has("monotonic-reads");
  const { size, source, writes, chain, key, before } = registers;
  const keys = registers.history.names.keys.length + 1;
  const written = new Map<number, number>();
  const read = new Map<number, Map<number, number>>();
  const told = new Map<string, { reader: number; earlier: number }>();
  const isOlder = (one: number, other: number) =>
    one >= 0 && one !== other && isUpTo(causal.clocks, registers, one, other);
  for (let node = 0; node < size; node++) {
    const from = source[node] as number;
    const session = sessionOf(node);
    const cell = session * keys + (key[node] as number);
    if (from !== NONE) {
      const last = written.get(cell);
      if (own && last !== undefined && isOlder(from, last)) tell("older-than-own-write", node, last);
      const versions = read.get(cell) ?? new Map<number, number>();
      if (seen) {
        for (const [version, reader] of versions) {
          if (isOlder(from, version)) tell("older-than-earlier-read", node, reader);
        }
      }
      if (from >= 0 && session === chain[node] && !versions.has(from))
        read.set(cell, versions.set(from, node));
    }
    // After a crashed operation that has a chain of its own nothing comes.
    if (writes[node] === 1 && session === chain[node]) written.set(cell, node);
  }
  const { history, rows } = registers;
  return [...told].map(([code, { reader, earlier }]) => {
    const words = teller(history, model, history.names.keys[(key[reader] as number) - 1]);
    return {
      code,
      message:
        `${words.did(rows[reader] as number)}, causally older than what its session had before: ` +
        words.did(rows[earlier] as number),
      hint: "by definition only other guarantees order the two versions: judge session, which is all four, to have it count",
    };
  });

  function tell(code: string, reader: number, earlier: number): void {
    if (!told.has(code)) told.set(code, { reader, earlier });
  }

  /** A crashed operation that has a chain of its own belongs to its session all the same. */
  function sessionOf(node: number): number {
    return before[node] === NONE ? (chain[node] as number) : (chain[before[node] as number] as number);
  }
}
