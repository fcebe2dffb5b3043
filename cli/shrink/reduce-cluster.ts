import type { ScriptedOperation } from "../../harness/generator/index.ts";
import type { Json } from "../../harness/history/index.ts";
import { profileOf } from "../../harness/ports/index.ts";
import type { FaultRequest } from "../../nemesis/index.ts";
import type { Shown } from "./attempts.ts";
import { faultsOf, type ScheduledFault, scheduleOf } from "./faults.ts";
import { withParts } from "./flatten.ts";
import { chancesFor, type Pass } from "./pass.ts";
import type { ScriptedPlan } from "./size.ts";

/** Takes nodes away, from the last one on; the clients of a node that is gone go to the next. */
export const reduceNodes: Pass = async (shown, attempts) => {
  let best: Shown<ScriptedPlan> = shown;
  const { target, targetOptions } = shown.plan;
  const { minNodes } = profileOf(target, targetOptions);
  for (const node of shown.plan.nodes.toReversed()) {
    if (best.plan.nodes.length <= minNodes) break;
    const candidate = withoutNode(best.plan, node);
    if (candidate === undefined) continue;
    best = (await attempts.shows(candidate, chancesFor(candidate))) ?? best;
  }
  const renamed = withPlainNames(best.plan);
  return renamed === undefined ? best : ((await attempts.shows(renamed, chancesFor(renamed))) ?? best);
};

/** The nodes as n1, n2, … without a gap; nothing where they are. Chance goes by names, so this too is a candidate. */
function withPlainNames(plan: ScriptedPlan): ScriptedPlan | undefined {
  const names = new Map(plan.nodes.map((node, at) => [node, `n${at + 1}`]));
  if ([...names].every(([before, after]) => before === after)) return undefined;
  const rename = (part: Json): Json => {
    if (typeof part === "string") return names.get(part) ?? part;
    if (Array.isArray(part)) return part.map(rename);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, inner]) => [names.get(name) ?? name, rename(inner)]),
    );
  };
  const schedule = plan.schedule.map((step) => ({
    ...step,
    value: { ...step.value, plan: rename(step.value.plan) },
  }));
  return { ...withParts(plan, { schedule }), nodes: [...names.values()] };
}

/** Lets fewer clients do the same, each on its node: one takes over what another did there. */
export const reduceClients: Pass = async (shown, attempts) => {
  let best: Shown<ScriptedPlan> = shown;
  const compact = withThreads(shown.plan, (thread) => thread);
  if (compact.concurrency < shown.plan.concurrency) best = (await attempts.shows(compact, 4)) ?? best;
  for (const thread of threadsOf(best.plan).reverse()) {
    const nodeCount = best.plan.nodes.length;
    const others = threadsOf(best.plan).filter(
      (other) => other < thread && (other - thread) % nodeCount === 0,
    );
    for (const other of others) {
      const candidate = withThreads(best.plan, (each) => (each === thread ? other : each));
      const smaller = await attempts.shows(candidate, 4);
      if (smaller === undefined) continue;
      best = smaller;
      break;
    }
  }
  return best;
};

function threadsOf({ script }: ScriptedPlan): number[] {
  return [...new Set(script.operations.map(({ thread }) => thread))].sort((a, b) => a - b);
}

/** The plan with threads that were given other numbers, and then the lowest ones that lead to the same nodes. */
function withThreads(plan: ScriptedPlan, renamed: (thread: number) => number): ScriptedPlan {
  const homeOf = (thread: number) => thread % plan.nodes.length;
  return rehomed(plan, plan.nodes.length, (operation) => {
    const thread = renamed(operation.thread);
    return { thread, home: homeOf(thread) };
  });
}

/** Threads by the nodes that they are to talk to: thread t talks to node t mod n. */
function rehomed(
  plan: ScriptedPlan,
  nodeCount: number,
  placeOf: (operation: ScriptedOperation) => { readonly thread: number; readonly home: number },
): ScriptedPlan {
  const numbers = new Map<string, number>();
  const perHome = new Map<number, number>();
  const places = plan.script.operations.map(placeOf);
  for (const { thread, home } of places.toSorted((a, b) => a.thread - b.thread)) {
    const name = `${thread} ${home}`;
    if (numbers.has(name)) continue;
    const before = perHome.get(home) ?? 0;
    numbers.set(name, home + nodeCount * before);
    perHome.set(home, before + 1);
  }
  const operations = plan.script.operations.map((operation, at) => {
    const { thread, home } = places[at] as (typeof places)[number];
    return { ...operation, thread: numbers.get(`${thread} ${home}`) as number };
  });
  const concurrency = Math.max(1, ...operations.map(({ thread }) => thread + 1));
  return { ...withParts(plan, { operations }), concurrency };
}

/** The plan without a node; none where a fault then strikes nobody that it can be asked for with so few nodes. */
function withoutNode(plan: ScriptedPlan, node: string): ScriptedPlan | undefined {
  const gone = plan.nodes.indexOf(node);
  const nodes = plan.nodes.filter((each) => each !== node);
  const faults = faultsOf(plan.schedule).flatMap((fault): ScheduledFault[] => {
    const struck = without(fault.inject.value.plan, node);
    if (struck === undefined) return [];
    const value = { ...fault.inject.value, plan: struck };
    const undo = fault.undo === undefined ? undefined : { ...fault.undo, value };
    return [{ inject: { ...fault.inject, value }, undo }];
  });
  const requests = plan.faults.map((request) => fitting(request, nodes.length));
  const moved = rehomed(
    withParts({ ...plan, faults: requests }, { schedule: scheduleOf(faults) }),
    nodes.length,
    ({ thread }) => {
      const home = thread % plan.nodes.length;
      return { thread, home: (home > gone ? home - 1 : home) % nodes.length };
    },
  );
  if (moved.faults.some(({ variants }) => variants.length === 0)) return undefined;
  return { ...moved, nodes };
}

/** What is left of a fault's plan without a node; nothing where it struck that alone. */
function without(plan: Json, node: string): Json | undefined {
  if (plan === node) return undefined;
  if (Array.isArray(plan)) {
    const left = plan.flatMap((each) => without(each, node) ?? []);
    return left.length === 0 && plan.length > 0 ? undefined : left;
  }
  if (plan === null || typeof plan !== "object") return plan;
  const left: Record<string, Json> = {};
  for (const [name, part] of Object.entries(plan)) {
    if (name === node) continue;
    const rest = without(part, node);
    // Of the links of a partition one end may stay while the other is gone; a list of struck nodes is all there is.
    if (rest !== undefined) left[name] = rest;
  }
  const isEmpty = Object.keys(left).length === 0 && Object.keys(plan).length > 0;
  return isEmpty || ("nodes" in plan && !("nodes" in left)) ? undefined : left;
}

/** The variants that a cluster of so many nodes is large enough for. */
function fitting({ fault, variants }: FaultRequest, nodeCount: number): FaultRequest {
  return { fault, variants: variants.filter((name) => (fault.variants[name]?.minNodes ?? 0) <= nodeCount) };
}
