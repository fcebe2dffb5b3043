import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { createModel } from "../models/index.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { hasLinearization } from "../testing/oracle.ts";
import { storeHistory } from "../testing/store-history.ts";
import { mutualExclusion } from "./mutual-exclusion.ts";

const check = (events: readonly BareEvent[], model = "leased-lock") =>
  mutualExclusion({ model }).check(historyOf(events));

function verdict(text: string, model?: string): readonly string[] {
  const { validity, anomalies } = check(storeHistory(text), model);
  return [
    validity,
    ...anomalies.map(({ type, operations, message }) => `${type} ${operations.join(",")}: ${message}`),
  ];
}

describe("a lock with leases", () => {
  test("may be acquired again while somebody still believes to hold it, and lets both release it", () => {
    expect(verdict("0 acquire = 1\n1 acquire = 2\n0 release 1\n1 release 2")).toEqual(["valid"]);
  });

  test("is fenced: once a later holder wrote, a holder that was paused can no more", () => {
    const paused = "0 acquire = 1\n1 acquire = 2\n1 write [2,5]\n0 write [1,6]";
    expect(verdict(`${paused} fail`)).toEqual(["valid"]);
    expect(verdict(paused)).toEqual([
      "invalid",
      "stale-token-accepted 4,6: a write with the token 1 by process 0 (event 6) was taken, though one with the larger 2 by process 1 (event 4) had been acknowledged before it began",
    ]);
  });

  test("may take a write of a former holder as long as the later one has not written", () => {
    expect(verdict("0 acquire = 1\n1 acquire = 2\n0 write [1,6]\n1 write [2,5]")).toEqual(["valid"]);
    expect(verdict("0 acquire = 1\n1 acquire = 2\n1 write [2,5] …\n0 write [1,6]\n1 ok")).toEqual(["valid"]);
    expect(verdict("0 acquire = 1\n1 acquire = 2\n1 write [2,5] info\n0 write [1,6]")).toEqual(["valid"]);
  });

  test("gives out tokens that grow, and none twice", () => {
    expect(verdict("0 acquire = 2\n1 acquire = 1")[1]).toBe(
      "token-order 0,2: process 1 (event 2) was given the token 1, after process 0 (event 0) had been given 2",
    );
    expect(verdict("0 acquire …\n1 acquire = 1\n0 ok = 2")).toEqual(["valid"]);
    expect(verdict("0 acquire …\n1 acquire = 1\n0 ok = 1")[1]).toBe(
      "duplicate-token 0,1: process 0 (event 0) and process 1 (event 1) were both given the token 1",
    );
  });

  test("guards against tokens that nobody was given, unless somebody may have been without being told", () => {
    expect(verdict("0 acquire = 1\n0 write [2,5]")[1]).toBe(
      "unknown-token-accepted 2: a write with the token 2 by process 0 (event 2) was taken, which nobody had been given",
    );
    expect(verdict("1 acquire info\n0 acquire = 1\n0 write [2,5]")).toEqual(["valid"]);
  });

  test("is one of many", () => {
    expect(verdict("x: 0 acquire = 2\ny: 0 acquire = 1\ny: 0 write [1,1]")).toEqual(["valid"]);
  });

  test("without leases is judged by its tokens", () => {
    expect(verdict("0 acquire = 2\n0 release 2\n1 acquire = 1", "fenced-lock")[0]).toBe("invalid");
  });

  test("that nobody asked for anything is unknown", () => {
    expect(check([]).validity).toBe("unknown");
  });
});

/** Clients of one lock that write with tokens that they were given, answered as chance has it. */
function drawn(random: Random, count: number): BareEvent[] {
  const events: BareEvent[] = [];
  const open = new Map<number, BareEvent>();
  const tokens: number[] = [];
  const ids = [0, 1, 2];
  let asked = 0;
  while (asked < count || open.size > 0) {
    const slot = random.int(3);
    const process = ids[slot] as number;
    const running = open.get(slot);
    if (running === undefined) {
      if (asked++ >= count) continue;
      const token = tokens.length === 0 ? undefined : random.pick(tokens);
      const f =
        token === undefined || random.chance(0.4) ? "acquire" : random.pick(["write", "write", "release"]);
      const value = f === "acquire" ? null : f === "write" ? [token as number, 0] : (token as number);
      const event: BareEvent = { type: "invoke", process, f, value };
      open.set(slot, event);
      events.push(event);
      continue;
    }
    open.delete(slot);
    const type = random.pick(["ok", "ok", "ok", "ok", "fail", "info"] as const);
    if (type === "info") ids[slot] = process + 3;
    const token = Math.max(1, Math.max(0, ...tokens) + random.pick([1, 1, 1, 1, 0, -1]));
    if (running.f !== "acquire" || type !== "ok") events.push({ ...running, type });
    else {
      tokens.push(token);
      events.push({ ...running, type, value: token });
    }
  }
  return events;
}

test("is, for clients that use tokens they were given, linearizability of the lock and what it guards", () => {
  const counts = { valid: 0, invalid: 0 };
  const model = createModel("leased-lock");
  for (let ordinal = 0; ordinal < 20_000; ordinal++) {
    const random = new Random(3).stream("locks").fork(ordinal);
    const events = drawn(random, random.between(2, 9));
    const expected = hasLinearization(events, model) ? "valid" : "invalid";
    counts[expected]++;
    const found = check(events).validity;
    if (found !== expected) {
      expect.fail(
        [
          `history ${ordinal} is ${expected}, not ${found}`,
          ...events.map((event) => JSON.stringify(event)),
        ].join("\n"),
      );
    }
  }
  expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(2_000);
});
