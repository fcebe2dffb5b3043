import { expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { deltaAtomic, kAtomic, regular, safe } from "./staleness.ts";

const HISTORIES = 20_000;

/** An operation as the definitions below see it, by the numbers of its events; its times are these, in ms. */
interface Seen {
  readonly f: "read" | "write";
  /** What was written or read. */
  readonly value: Json;
  readonly call: number;
  /** Infinite where nobody knows whether it happened. */
  readonly ret: number;
}

interface Drawn {
  readonly events: readonly BareEvent[];
  readonly seen: readonly Seen[];
}

/** Clients of one register whose reads return one of the last few values, as chance has it. */
function drawn(random: Random, count: number): Drawn {
  const events: BareEvent[] = [];
  const seen: Seen[] = [];
  const open = new Map<number, { f: "read" | "write"; value: Json; call: number }>();
  const begun: Json[] = [null];
  const ids = [0, 1, 2];
  const oldest = random.between(1, 4);
  let asked = 0;
  while (asked < count || open.size > 0) {
    const slot = random.int(3);
    const running = open.get(slot);
    const process = ids[slot] as number;
    if (running === undefined) {
      if (asked === count) continue;
      asked++;
      const f = random.chance(0.5) ? "write" : "read";
      const value = f === "write" ? asked : null;
      if (f === "write") begun.push(value);
      open.set(slot, { f, value, call: events.length });
      events.push({ type: "invoke", process, f, value });
      continue;
    }
    open.delete(slot);
    const type = random.pick(["ok", "ok", "ok", "ok", "ok", "fail", "info"] as const);
    if (type === "info") ids[slot] = process + 3;
    const value = running.f === "read" && type === "ok" ? random.pick(begun.slice(-oldest)) : running.value;
    const ret = type === "info" ? Number.POSITIVE_INFINITY : events.length;
    if (type === "ok" || (type === "info" && running.f === "write")) seen.push({ ...running, value, ret });
    events.push({ type, process, f: running.f, value });
  }
  return { events, seen };
}

const subsets = <T>(items: readonly T[]): T[][] =>
  items.reduce<T[][]>((sets, item) => sets.concat(sets.map((each) => [...each, item])), [[]]);

/** Every choice of what happened: all that was answered, and any of the rest. */
function choices(seen: readonly Seen[]): Seen[][] {
  const answered = seen.filter(({ ret }) => Number.isFinite(ret));
  return subsets(seen.filter(({ ret }) => !Number.isFinite(ret))).map((some) => [...answered, ...some]);
}

/**
 * Whether some order extends `precedes` such that each read has its value among the last k written. Tries all of
 * them.
 */
function hasOrder(operations: readonly Seen[], k: number, precedes: (a: Seen, b: Seen) => boolean): boolean {
  const place = (left: readonly Seen[], values: readonly Json[]): boolean =>
    left.length === 0 ||
    left.some((next) => {
      if (left.some((other) => other !== next && precedes(other, next))) return false;
      const rest = left.filter((other) => other !== next);
      if (next.f === "write") return place(rest, [...values, next.value]);
      return values.slice(-k).includes(next.value) && place(rest, values);
    });
  return place(operations, [null]);
}

const inRealTime = (a: Seen, b: Seen) => a.ret < b.call;

function compare(
  name: string,
  judge: (drawn: Drawn) => { readonly expected: unknown; readonly found: unknown },
) {
  const outcomes = new Map<unknown, number>();
  for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
    const random = new Random(11).stream(name).fork(ordinal);
    const history = drawn(random, random.between(2, 7));
    const { expected, found } = judge(history);
    outcomes.set(expected, (outcomes.get(expected) ?? 0) + 1);
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      const lines = history.events.map((event) => JSON.stringify(event));
      expect.fail(
        [`history ${ordinal} is ${JSON.stringify(expected)}, not ${JSON.stringify(found)}`, ...lines].join(
          "\n",
        ),
      );
    }
  }
  return outcomes;
}

const isRead = ({ f }: Seen) => f === "read";

/** Whether each read by itself has an order of it and all writes. */
const eachRead = (seen: readonly Seen[], reads: readonly Seen[]) =>
  reads.every((read) =>
    choices(seen.filter((each) => !isRead(each))).some((writes) =>
      hasOrder([...writes, read], 1, inRealTime),
    ),
  );

test("regular is that each read has an order of all writes that explains it", () => {
  const outcomes = compare("regular", ({ events, seen }) => ({
    expected: eachRead(seen, seen.filter(isRead)) ? "valid" : "invalid",
    found: regular({ model: "register" }).check(historyOf(events)).validity,
  }));
  expect(outcomes.get("valid")).toBeGreaterThan(2_000);
  expect(outcomes.get("invalid")).toBeGreaterThan(2_000);
});

test("safe is that of each read with no write beside it", () => {
  const outcomes = compare("safe", ({ events, seen }) => {
    const alone = seen.filter(
      (read) =>
        isRead(read) &&
        !seen.some((write) => !isRead(write) && !inRealTime(write, read) && !inRealTime(read, write)),
    );
    return {
      expected: eachRead(seen, alone) ? "valid" : "invalid",
      found: safe({ model: "register" }).check(historyOf(events)).validity,
    };
  });
  expect(outcomes.get("valid")).toBeGreaterThan(2_000);
  expect(outcomes.get("invalid")).toBeGreaterThan(2_000);
});

test("the smallest k is the first with an order in which each read returns one of the last k values", () => {
  const outcomes = compare("k-atomic", ({ events, seen }) => {
    const most = seen.length + 1;
    let k = 1;
    while (k <= most && !choices(seen).some((operations) => hasOrder(operations, k, inRealTime))) k++;
    const { anomalies, measures } = kAtomic({ model: "register" }).check(historyOf(events));
    return { expected: k > most ? "none" : k, found: anomalies.length > 0 ? "none" : measures?.[0]?.value };
  });
  for (const k of [1, 2, 3, "none"]) expect(outcomes.get(k)).toBeGreaterThan(200);
});

test("the smallest delta is the first with which all reads begun so much earlier are linearizable", () => {
  const outcomes = compare("delta-atomic", ({ events, seen }) => {
    const deltas = [0, ...events.keys()].filter((delta, at) => delta > 0 || at === 0);
    const delta = deltas.find((each) => {
      const precedes = (a: Seen, b: Seen) =>
        each > 0 && isRead(b) ? a.ret < b.call - each : inRealTime(a, b);
      return choices(seen).some((operations) => hasOrder(operations, 1, precedes));
    });
    const { anomalies, measures } = deltaAtomic({ model: "register" }).check(historyOf(events));
    return { expected: delta ?? "none", found: anomalies.length > 0 ? "none" : measures?.[0]?.value };
  });
  for (const delta of [0, 1, 2, 3, "none"]) expect(outcomes.get(delta)).toBeGreaterThan(200);
});
