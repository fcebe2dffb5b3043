import { expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import { append } from "../models/index.ts";
import { type BareEvent, historyOf } from "../testing/history-of.ts";
import { hasOrder, operationsOf } from "../testing/oracle.ts";
import { serializable, strictSerializable } from "./serializable.ts";

const HISTORIES = 20_000;

type Part = [f: string, key: string, value: Json];

/**
 * Transactions whose parts take effect one by one, with those of others in between where chance has it so; some read old
 * lists, some append too early, some fail and take back what they did.
 */
function drawn(random: Random, count: number): BareEvent[] {
  const events: BareEvent[] = [];
  const lists: Record<string, Json[]> = { x: [], y: [] };
  const open = new Map<number, { asked: Part[]; done: Part[] }>();
  const isolated = random.chance(0.6);
  const old = random.pick([0, 0, 0.2]);
  const late = random.pick([0, 0, 0.1]);
  const ids = [0, 1, 2];
  let asked = 0;
  let element = 0;
  while (asked < count || open.size > 0) {
    const slot = random.int(3);
    const process = ids[slot] as number;
    const running = open.get(slot);
    if (running === undefined) {
      if (asked++ >= count) continue;
      const parts = Array.from({ length: random.between(1, 3) }, (): Part => {
        const key = random.pick(["x", "y"]);
        return random.chance(0.5) ? ["r", key, null] : ["append", key, ++element];
      });
      open.set(slot, { asked: parts, done: [] });
      events.push({ type: "invoke", process, f: "txn", value: parts });
      continue;
    }
    const step = () => {
      const [f, key, value] = running.asked[running.done.length] as Part;
      const list = lists[key] as Json[];
      // Behind all others, or now and then before what was there already.
      if (f === "append") list.splice(list.length - (random.chance(late) ? 1 : 0), 0, value);
      const seen = random.chance(old) ? list.slice(0, -1) : [...list];
      running.done.push(f === "append" ? [f, key, value] : [f, key, seen]);
    };
    if (running.done.length === 0 && isolated) while (running.done.length < running.asked.length) step();
    else if (running.done.length < running.asked.length) step();
    if (running.done.length < running.asked.length || random.chance(0.3)) continue;
    open.delete(slot);
    const type = random.pick(["ok", "ok", "ok", "ok", "ok", "info", "fail"] as const);
    if (type === "info") ids[slot] = process + 3;
    if (type === "fail" || (type === "info" && random.chance(0.3))) {
      for (const [f, key, value] of running.done) {
        if (f === "append") lists[key] = (lists[key] as Json[]).filter((each) => each !== value);
      }
    }
    events.push({ type, process, f: "txn", value: type === "ok" ? running.done : running.asked });
  }
  return events;
}

function agree(
  name: string,
  judge: (events: readonly BareEvent[]) => { expected: boolean; found: string; type: string },
) {
  const outcomes = new Map<string, number>();
  for (let ordinal = 0; ordinal < HISTORIES; ordinal++) {
    const random = new Random(23).stream(name).fork(ordinal);
    const events = drawn(random, random.between(2, 7));
    const { expected, found, type } = judge(events);
    const wanted = expected ? "valid" : "invalid";
    if (found !== wanted) {
      expect.fail(
        [`history ${ordinal} is ${wanted}, not ${found}`, ...events.map((each) => JSON.stringify(each))].join(
          "\n",
        ),
      );
    }
    outcomes.set(wanted, (outcomes.get(wanted) ?? 0) + 1);
    outcomes.set(type, (outcomes.get(type) ?? 0) + 1);
  }
  expect(outcomes.get("valid")).toBeGreaterThan(2_000);
  expect(outcomes.get("invalid")).toBeGreaterThan(2_000);
  return outcomes;
}

test("serializable is that some order of all answered transactions, and any of the others, explains every answer", () => {
  const model = append();
  const outcomes = agree("serializable", (events) => {
    const anywhere = operationsOf(events).map((each) => ({
      ...each,
      call: 0,
      ret: Number.isFinite(each.ret) ? events.length : each.ret,
    }));
    const { validity, anomalies } = serializable().check(historyOf(events));
    return { expected: hasOrder(anywhere, model), found: validity, type: anomalies[0]?.type ?? "none" };
  });
  for (const type of ["G0", "G1a", "G1c", "G-single", "G2-item", "internal", "incompatible-order"]) {
    expect([type, outcomes.get(type) ?? 0].join(" ")).not.toMatch(/ [0-5]$/);
  }
});

test("strict serializable is that of some order that extends real time", () => {
  const model = append();
  const outcomes = agree("strict-serializable", (events) => {
    const { validity, anomalies } = strictSerializable().check(historyOf(events));
    return {
      expected: hasOrder(operationsOf(events), model),
      found: validity,
      type: anomalies[0]?.type ?? "none",
    };
  });
  for (const type of ["G0-realtime", "G-single-realtime"]) expect(outcomes.get(type)).toBeGreaterThan(5);
});
