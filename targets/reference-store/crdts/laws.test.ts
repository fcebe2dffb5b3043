import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { Json } from "../../../harness/history/operation.ts";
import { CausalLog } from "../causal-log.ts";
import type { Crdt } from "./crdt.ts";
import { crdts } from "./index.ts";

const NODES = ["n1", "n2", "n3"];

/** What a step asks for, of a kind that the type has; small domains, so that steps meet. Lists have distinct elements. */
function operationOf(
  { operations }: Crdt<Json, Json>,
  { pick, small, ordinal }: { pick: number; small: number; ordinal: number },
): { f: string; value: Json } {
  const f = operations[pick % operations.length] as string;
  if (f === "insert") return { f, value: [ordinal, small === 0 ? null : pick % (ordinal + 1)] };
  return { f, value: f === "add" && pick % 2 === 0 ? small : small + 1 };
}

type Step = readonly [node: number, pick: number, small: number, mergesWith: number];
const steps = fc.array(fc.tuple(fc.nat(2), fc.nat(30), fc.nat(4), fc.nat(3)), { maxLength: 15 });

/** States of three replicas that changed and, now and then, merged. */
function states(crdt: Crdt<Json, Json>, given: readonly Step[]): readonly [Json, Json, Json] {
  const replicas: Json[] = NODES.map(() => crdt.initial);
  given.forEach(([at, pick, small, from], i) => {
    const node = NODES[at] as string;
    const operation = operationOf(crdt, { pick, small, ordinal: i });
    const update = crdt.prepare(replicas[at] as Json, operation, { node, dot: [i + 1, node] });
    if (update !== undefined && typeof update !== "string")
      replicas[at] = crdt.apply(replicas[at] as Json, update);
    if (from < 3) replicas[at] = crdt.merge(replicas[at] as Json, replicas[from] as Json);
  });
  return replicas as [Json, Json, Json];
}

describe.each(Object.values(crdts))("the merge of $name", (crdt) => {
  const { merge } = crdt;

  test.prop([steps])("is commutative, associative and idempotent", (given) => {
    const [a, b, c] = states(crdt, given);
    expect(merge(a, b)).toEqual(merge(b, a));
    expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
    expect(merge(a, a)).toEqual(a);
    expect(merge(merge(a, b), b)).toEqual(merge(a, b));
  });

  test.prop([steps])("takes in what its replica itself did", (given) => {
    const [a, b] = states(crdt, given);
    const update = crdt.prepare(a, operationOf(crdt, { pick: 7, small: 1, ordinal: 98 }), {
      node: "n1",
      dot: [99, "n1"],
    });
    fc.pre(update !== undefined && typeof update !== "string");
    const changed = crdt.apply(a, update as Json);
    expect(merge(changed, a)).toEqual(changed);
    expect(merge(merge(a, b), changed)).toEqual(merge(changed, b));
  });
});

describe.each(Object.values(crdts))("the updates of $name", (crdt) => {
  test.prop([steps, fc.infiniteStream(fc.nat(1_000))])(
    "give the same state in every causal order, and the state that merging gives",
    (given, order) => {
      const logs = NODES.map((node) => new CausalLog<Json>(node));
      const replicas: Json[] = NODES.map(() => crdt.initial);
      const made: Parameters<CausalLog<Json>["receive"]>[0][] = [];
      given.forEach(([at, pick, small, from], i) => {
        const node = NODES[at] as string;
        const log = logs[at] as CausalLog<Json>;
        if (from < 3) {
          for (const entry of (logs[from] as CausalLog<Json>).missingFrom(log.clock, 100)) {
            for (const next of log.receive(entry)) replicas[at] = crdt.apply(replicas[at] as Json, next.body);
          }
        }
        const update = crdt.prepare(replicas[at] as Json, operationOf(crdt, { pick, small, ordinal: i }), {
          node,
          dot: [i + 1, node],
        });
        if (update === undefined || typeof update === "string") return;
        made.push(log.create(update));
        replicas[at] = crdt.apply(replicas[at] as Json, update);
      });
      const merged = replicas.reduce((a, b) => crdt.merge(a, b));
      const late = new CausalLog<Json>("n9");
      let state = crdt.initial;
      const shuffled = made
        .map((entry) => ({ entry, rank: order.next().value as number }))
        .sort((a, b) => a.rank - b.rank);
      for (const { entry } of shuffled)
        for (const next of late.receive(entry)) state = crdt.apply(state, next.body);
      expect(crdt.read(state)).toEqual(crdt.read(merged));
    },
  );
});
