import { describe, expect, test } from "vitest";
import { consistencies } from "../checkers/consistencies.ts";
import { createModel, models } from "../checkers/index.ts";
import type { GeneratorEvent } from "../harness/generator/index.ts";
import type { History, Json, Key } from "../harness/history/index.ts";
import { type OptionValues, operationsOf, type Workload } from "../harness/ports/index.ts";
import { counter } from "./counter.ts";
import { list } from "./list.ts";
import { mvRegister, register } from "./register.ts";
import { orSet, set } from "./set.ts";
import { simulatedRun } from "./testing/simulated-store.ts";

/** A store of one object a key, which does what the model says. */
function atomicStore(name: string) {
  const model = createModel(name);
  const states = new Map<Key | undefined, Json>();
  return ({ f, key, value }: GeneratorEvent): Json | undefined => {
    const state = states.get(key) ?? model.init;
    const output = f === "read" ? shown(name, state) : value;
    const step = model.step(state, { f, input: value, output, type: "ok" });
    if ("rejected" in step) return undefined;
    states.set(key, step.state);
    return output;
  };
}

function shown(name: string, state: Json): Json {
  if (name !== "list") return state;
  return (state as readonly (readonly [Json, boolean])[]).flatMap(([id, isThere]) => (isThere ? [id] : []));
}

const judged = (history: History, { model }: Workload, consistency: string) =>
  consistencies[consistency]?.checker({ model, options: {} }).check(history);

const kinds = ({ columns, names }: History) =>
  new Set(
    [...columns.f].filter((_, row) => (columns.process[row] as number) >= 0).map((f) => names.functions[f]),
  );

const cases: readonly [Workload, OptionValues, string][] = [
  [counter, {}, "eventual"],
  [counter, { negative: "yes" }, "eventual"],
  [set, {}, "eventual"],
  [set, { remove: "no" }, "strong-eventual"],
  [set, { "re-add": "yes" }, "eventual"],
  [orSet, {}, "strong-eventual"],
  [list, {}, "strong-eventual"],
  [list, { remove: "no" }, "strong-eventual"],
  [mvRegister, {}, "strong-eventual"],
  [register, { "final-reads": "everywhere" }, "eventual"],
  [register, { "final-reads": "everywhere", cas: "no" }, "strong-eventual"],
];

describe.each(
  cases.map(([workload, options, consistency]) => ({ name: workload.name, workload, options, consistency })),
)("the workload $name with $options", ({ workload, options, consistency }) => {
  const run = (seed: number, answer: (event: GeneratorEvent, node: string) => Json | undefined) =>
    simulatedRun({ workload, options, operations: 600, seed, answer });

  test(`of a store that is atomic is ${consistency}, and linearizable`, () => {
    for (const seed of [1, 2, 3]) {
      const history = run(seed, atomicStore(workload.model));
      expect(judged(history, workload, consistency)).toMatchObject({
        validity: "valid",
        anomalies: [],
        reasons: [],
      });
      expect(judged(history, workload, "linearizable")?.validity).toBe("valid");
    }
  });

  test("has the operations that it says, all of which its model knows", () => {
    const wanted = Object.keys(operationsOf(workload, options));
    expect([...kinds(run(1, atomicStore(workload.model)))].sort()).toEqual(wanted.sort());
    const known = models[workload.model as keyof typeof models].operations;
    for (const f of wanted) expect(known).toHaveProperty(f);
  });

  test("shows a node that keeps what it knows to itself", () => {
    const [alone, rest] = [atomicStore(workload.model), atomicStore(workload.model)];
    const found = judged(
      run(4, (event, node) => (node === "n1" ? alone : rest)(event)),
      workload,
      consistency,
    );
    expect(found?.validity).toBe("invalid");
    expect(found?.anomalies.map(({ type }) => type)).toContain("divergence");
  });

  test("shows a store that acknowledges one update in ten without doing it", () => {
    const store = atomicStore(workload.model);
    let updates = 0;
    const history = run(5, (event) =>
      event.f !== "read" && ++updates % 10 === 0 ? event.value : store(event),
    );
    // Which of the writes of a register came last nobody can tell.
    expect(judged(history, workload, consistency)?.validity).toBe(
      workload === register ? "valid" : "invalid",
    );
  });
});
