import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { type CausalEntry, CausalLog } from "./causal-log.ts";
import { covers } from "./vector-clock.ts";

const NODES = ["n1", "n2", "n3"];

/** Updates made at random nodes, some after having heard of some others. */
function scenario(steps: readonly (readonly [node: number, heard: number])[]) {
  const logs = new Map(NODES.map((node) => [node, new CausalLog<number>(node)]));
  const made: CausalEntry<number>[] = [];
  steps.forEach(([node, heard], i) => {
    const log = logs.get(NODES[node] as string) as CausalLog<number>;
    for (const entry of made.slice(0, heard)) log.receive(entry);
    made.push(log.create(i));
  });
  return made;
}

const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(12)), { minLength: 1, maxLength: 12 });

describe("a causal log", () => {
  test.prop([steps, fc.infiniteStream(fc.nat(1_000))])(
    "delivers everything once and causes before effects, in whatever order and however often it arrives",
    (given, order) => {
      const made = scenario(given);
      const arrivals = [...made, ...made]
        .map((entry) => ({ entry, rank: order.next().value as number }))
        .sort((a, b) => a.rank - b.rank);
      const log = new CausalLog<number>("n9");
      const delivered: CausalEntry<number>[] = [];
      for (const { entry } of arrivals) {
        for (const next of log.receive(entry)) {
          const before = Object.fromEntries(
            NODES.map((node) => [node, delivered.filter(({ origin }) => origin === node).length]),
          );
          expect(covers(before, next.after)).toBe(true);
          delivered.push(next);
        }
      }
      expect(delivered.map(({ body }) => body).sort()).toEqual(made.map(({ body }) => body).sort());
    },
  );

  test.prop([steps, fc.nat(12)])(
    "knows what another lacks, in an order in which it can be delivered",
    (given, part) => {
      const made = scenario(given);
      const [all, some] = [new CausalLog<number>("n8"), new CausalLog<number>("n9")];
      for (const entry of made) all.receive(entry);
      for (const entry of made.slice(0, part)) some.receive(entry);
      for (const entry of all.missingFrom(some.clock, 100)) expect(some.receive(entry)).toEqual([entry]);
      expect(some.clock).toEqual(all.clock);
      expect(all.missingFrom(some.clock, 100)).toEqual([]);
    },
  );

  test("delivers an update whose origin had seen more at once, if it need not come after that", () => {
    const log = new CausalLog<string>("n1");
    log.receive({ origin: "n2", number: 1, after: {}, body: "seen" });
    const entry = log.create("made", {});
    expect(new CausalLog<string>("n3").receive(entry)).toEqual([entry]);
  });
});
