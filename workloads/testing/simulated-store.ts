import { Random } from "../../harness/clock/random.ts";
import {
  clients,
  type Generator,
  type GeneratorEvent,
  limit,
  nemesis,
  operation,
  phases,
  simulate,
  timeLimit,
} from "../../harness/generator/index.ts";
import { type History, historyOf, type Json, type Key } from "../../harness/history/index.ts";
import { FINAL_HEAL, type OptionValues, resolveOptions, type Workload } from "../../harness/ports/index.ts";

export interface SimulatedRun {
  readonly workload: Workload;
  readonly options?: OptionValues;
  readonly operations: number;
  readonly seed: number;
  /** Answers an operation at a node, or undefined to refuse it. */
  readonly answer: (operation: GeneratorEvent, node: string) => Json | undefined;
}

const NODES = ["n1", "n2", "n3"];
const CLIENTS = 6;
const RECOVERY_LIMIT_NS = 20_000_000_000;

/** The history of a workload's load, a final heal and its final reads, against a store that is one function. */
export function simulatedRun({ workload, options = {}, operations, seed, answer }: SimulatedRun): History {
  const { load, recovery } = workload.generators({
    nodes: NODES,
    concurrency: CLIENTS,
    options: resolveOptions(workload.name, workload.options, options),
    random: new Random(seed),
  });
  const nodeOf = ({ thread }: GeneratorEvent) => NODES[(thread as number) % NODES.length] as string;
  const run = (generator: Generator) =>
    simulate(generator, {
      concurrency: CLIENTS,
      nemesis: true,
      seed,
      complete(invocation, random) {
        const latencyNs = random.int(1_000_000);
        if (invocation.process === "nemesis") return { type: "ok", latencyNs };
        const value = answer(invocation, nodeOf(invocation));
        if (!isRead(invocation) && random.chance(0.05)) return { type: "info", latencyNs };
        return value === undefined ? { type: "fail", latencyNs } : { type: "ok", latencyNs, value };
      },
    });
  const loaded = run(clients(limit(operations, load)));
  const keys = [...new Set(loaded.flatMap(keysIn))];
  const finalReads = clients(timeLimit(RECOVERY_LIMIT_NS, recovery(keys)));
  const healed = run(phases(nemesis(operation({ f: FINAL_HEAL, value: null })), finalReads));
  // The second simulation counts processes and time from 0 again.
  const later = healed.map((event) => ({
    ...event,
    process: event.process === "nemesis" ? event.process : event.process + 1_000_000,
    timeNs: event.timeNs + (loaded.at(-1)?.timeNs ?? 0),
  }));
  return historyOf(
    [...loaded, ...later].map((event) => ({
      type: event.type,
      process: event.process,
      f: event.f,
      value: event.value,
      time: event.timeNs,
      ...(event.key === undefined ? {} : { key: event.key }),
      ...(event.process === "nemesis" || event.type === "invoke" ? {} : { node: nodeOf(event) }),
    })),
  );
}

function isRead({ f, value }: GeneratorEvent): boolean {
  if (f !== "txn") return f === "read";
  return (value as readonly (readonly [string, Key, Json])[]).every(([what]) => what === "r");
}

function keysIn({ f, key, value, process }: GeneratorEvent): Key[] {
  if (process === "nemesis") return [];
  if (f === "txn") return (value as readonly (readonly [string, Key, Json])[]).map(([, each]) => each);
  return key === undefined ? [] : [key];
}
