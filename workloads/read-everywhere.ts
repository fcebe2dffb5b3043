import { NS_PER_MS, NS_PER_S } from "../harness/clock/duration.ts";
import {
  type Context,
  type Generator,
  nothing,
  type Offer,
  type OperationTemplate,
  type Thread,
} from "../harness/generator/index.ts";
import { invokeOperation } from "../harness/generator/operation.ts";
import { Slots } from "../harness/generator/slots.ts";
import type { Json, Key } from "../harness/history/operation.ts";

export interface EverywhereReads {
  /** What is to be read; each of them another. */
  readonly keys: readonly Key[];
  /** How many nodes there are: thread t talks to node t mod n. */
  readonly nodeCount: number;
  /** Reads one key. Default: the operation `read`. */
  readonly read?: (key: Key) => OperationTemplate;
  /** Equal texts for answers that are the same, such as {@link textInAnyOrder}. Default: equal as JSON. */
  readonly textOf?: (answer: Json) => string;
}

const FIRST_PAUSE_NS = 50 * NS_PER_MS;
const LONGEST_PAUSE_NS = NS_PER_S;
/** For so long all nodes must have shown the same: counters that each lack something else may have the same sum for a moment. */
const SETTLED_NS = NS_PER_S;

/**
 * Final reads of every key at every node that a client talks to, until they agree and a second later still do: in rounds, each of
 * one read for each node of each key that is not settled. Between rounds there is a pause, longer each time up to a second, so that
 * a store that never agrees does not fill the history. Done when all keys are settled; it is for the limit of the
 * recovery to end it else.
 *
 * Cost: O(threads + nodes) a question.
 */
export function readEverywhere(reads: EverywhereReads): Generator {
  if (reads.keys.length === 0) return nothing;
  const open = [...reads.keys.keys()];
  return round(reads, { open, startNs: 0, pauseNs: FIRST_PAUSE_NS, agreed: new Map() });
}

/** The same for the same elements in any order, for answers that are sets. */
export function textInAnyOrder(answer: Json): string {
  return JSON.stringify((answer as readonly Json[]).map((element) => JSON.stringify(element)).sort());
}

const readOf = (key: Key): OperationTemplate => ({ f: "read", key, value: null });

interface Round {
  /** The keys that are read, by their places. */
  readonly open: readonly number[];
  /** Not before this. */
  readonly startNs: number;
  /** How long the next round waits. */
  readonly pauseNs: number;
  /** What all nodes answered when they were asked last, by the keys' places, and since when they do. */
  readonly agreed: ReadonlyMap<number, { readonly text: string; readonly sinceNs: number }>;
}

/** What the nodes answered for one key in this round. */
interface Answers {
  readonly count: number;
  readonly text: string;
  readonly agree: boolean;
}

interface Progress {
  /** For each node how many of the open keys it was asked for. */
  readonly asked: readonly number[];
  /** The key that a thread is reading. */
  readonly reading: Slots<number | undefined>;
  readonly underWay: number;
  readonly answers: Slots<Answers>;
}

function round(reads: EverywhereReads, begun: Round): Generator {
  const asked = Array.from({ length: reads.nodeCount }, () => 0);
  return during(reads, begun, { asked, reading: Slots.empty(), underWay: 0, answers: Slots.empty() });
}

function during(reads: EverywhereReads, current: Round, progress: Progress): Generator {
  const nodeOf = (thread: Thread) => (thread as number) % reads.nodeCount;
  const left = (thread: Thread) => (progress.asked[nodeOf(thread)] as number) < current.open.length;

  return {
    op(context): Offer {
      const clients = context.threads.without("nemesis");
      if (clients.size === 0) return "done";
      const thread = freeThread(context, left);
      if (thread === undefined) return [...clients].some(left) || progress.underWay > 0 ? "pending" : "done";
      const node = nodeOf(thread);
      const at = progress.asked[node] as number;
      const place = current.open[at] as number;
      const read = (reads.read ?? readOf)(reads.keys[place] as Key);
      return {
        operation: invokeOperation(read, Math.max(context.timeNs, current.startNs), thread),
        next: during(reads, current, {
          ...progress,
          asked: progress.asked.with(node, at + 1),
          reading: progress.reading.with(thread as number, place),
          underWay: progress.underWay + 1,
        }),
      };
    },
    update(context, event) {
      if (event.type === "invoke" || event.thread === "nemesis") return this;
      const place = progress.reading.at(event.thread);
      if (place === undefined) return this;
      const before = progress.answers.at(place);
      const after: Progress = {
        ...progress,
        reading: progress.reading.with(event.thread, undefined),
        underWay: progress.underWay - 1,
        answers:
          event.type === "ok"
            ? progress.answers.with(place, noted(before, (reads.textOf ?? JSON.stringify)(event.value)))
            : progress.answers,
      };
      const clients = [...context.threads.without("nemesis")];
      if (after.underWay > 0 || clients.some(left)) return during(reads, current, after);
      const nodes = new Set(clients.map(nodeOf)).size;
      return following(reads, current, after.answers, nodes, event.timeNs);
    },
  };
}

/** The round after one in which so many nodes gave these answers. */
function following(
  reads: EverywhereReads,
  { open, pauseNs, agreed }: Round,
  answers: Slots<Answers>,
  nodes: number,
  timeNs: number,
): Generator {
  const still = new Map(agreed);
  const differing: number[] = [];
  for (const place of open) {
    const { count = 0, agree = false, text = "" } = answers.at(place) ?? {};
    const before = agreed.get(place);
    still.delete(place);
    if (count < nodes || !agree) differing.push(place);
    else if (before?.text !== text) still.set(place, { text, sinceNs: timeNs });
    else if (timeNs - before.sinceNs < SETTLED_NS) still.set(place, before);
  }
  if (differing.length === 0 && still.size === 0) return nothing;
  // Where there is nothing to do but to look once more, one more look is enough.
  const settledNs = [...still.values()].map(({ sinceNs }) => sinceNs + SETTLED_NS);
  const startNs = differing.length > 0 ? timeNs + pauseNs : Math.max(...settledNs);
  const due = [...still].flatMap(([place, { sinceNs }]) => (sinceNs + SETTLED_NS <= startNs ? [place] : []));
  return round(reads, {
    open: [...differing, ...due].sort((one, other) => one - other),
    startNs,
    pauseNs: Math.min(2 * pauseNs, LONGEST_PAUSE_NS),
    agreed: still,
  });
}

function noted(before: Answers | undefined, text: string): Answers {
  if (before === undefined) return { count: 1, text, agree: true };
  return { count: before.count + 1, text, agree: before.agree && before.text === text };
}

/** A free client of a node that has something left to be asked: the first from one that chance draws. */
function freeThread(context: Context, left: (thread: Thread) => boolean): Thread | undefined {
  const free = [...context.free.without("nemesis")];
  if (free.length === 0) return undefined;
  const first = context.random.int(free.length);
  return [...free.slice(first), ...free.slice(0, first)].find(left);
}
