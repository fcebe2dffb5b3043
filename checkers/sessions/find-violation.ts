import type { Meter } from "../linearizable/meter.ts";
import type { Finding, Words } from "../register-history/finding.ts";
import { findCycle, findPath, type OrderGraph } from "../register-history/order-graph.ts";
import { INITIAL, NONE, type RegisterHistory } from "../register-history/register-history.ts";
import type { Guarantee } from "./guarantees.ts";
import { nodeOf, READ, vertexOf, visibilityGraph, WRITE } from "./visibility.ts";
import { visibleSets } from "./visible-sets.ts";
import { addLines, orderBefore, writeLines, writersWithin } from "./write-lines.ts";

/**
 * Why no visible sets and no order of all writes explain what was read, under some of the session guarantees: each
 * read returns the last write of its key among those visible to it. Undefined where there are some.
 *
 * The least visible sets are taken ({@link visibilityGraph}): a larger one only adds writes that must come before what was read.
 * Those that are visible come before it in the order of all writes; nothing of the key may be visible to a read of the initial value. The
 * rest is whether that, and what the guarantees order, has a cycle. A cycle of the visibility itself is one as well: it takes
 * a write into what its session had seen before it, and so orders the write before itself.
 *
 * Cost: O(n·k·log n) for n operations in k sessions; more only for sessions that read older values again and again.
 * Source: Terry et al., "Session guarantees for weakly consistent replicated data", PDIS 1994.
 */
export function findViolation(
  registers: RegisterHistory,
  guarantees: ReadonlySet<Guarantee>,
  meter: Meter,
): Finding | undefined {
  const visibility = visibilityGraph(registers, guarantees, meter);
  const visible = visibleSets(registers, visibility, meter);
  if (visible === undefined) return ordersBeforeItself(findCycle(visibility) ?? [], visibility);
  const { size, key, source } = registers;
  const lines = writeLines(registers);
  meter.allocate(size * 200);
  const order = addLines(visibility, lines);
  for (let read = 0; read < size; read++) {
    const from = source[read] as number;
    if (from === NONE) continue;
    meter.spend(1);
    for (const line of lines[key[read] as number] ?? []) {
      const count = writersWithin(line, visible[line.of](read, line.chain));
      if (count === 0) continue;
      if (from !== INITIAL) orderBefore(order, line, count, from, read);
      else {
        const conflict = { overwritten: line.writers[count - 1] as number, source: from, read };
        return staleRead(registers, guarantees, conflict, throughVisibility(visibility, conflict));
      }
    }
  }
  const violation = (cycle: readonly number[]) =>
    violationOf(registers, guarantees, visibility, order, cycle);
  // What a cycle of the order rests on is not in it: through whom the writes are visible.
  const cycle = findCycle(order, (each) => weightOf(violation(each)));
  return cycle && violation(cycle);
}

/** By how many operations it is told; of two that are told by as many, the one with a single read to blame is plainer. */
function weightOf({ nodes, type }: Finding): number {
  return 2 * new Set(nodes).size + (type === ARBITRATION_CYCLE ? 1 : 0);
}

const ARBITRATION_CYCLE = "arbitration-cycle";

/** A read to which a write was visible that is not the one it returned. */
interface Conflict {
  readonly overwritten: number;
  readonly source: number;
  readonly read: number;
}

function violationOf(
  registers: RegisterHistory,
  guarantees: ReadonlySet<Guarantee>,
  visibility: OrderGraph,
  order: OrderGraph,
  cycle: readonly number[],
): Finding {
  const isWrite = (vertex: number) =>
    vertex < visibility.vertices && vertex === vertexOf(nodeOf(vertex), WRITE);
  const nodes = new Set<number>();
  const conflicts: Conflict[] = [];
  for (const [at, edge] of cycle.entries()) {
    const vertex = order.from[edge] as number;
    if (vertex < visibility.vertices) nodes.add(nodeOf(vertex));
    const read = order.label[edge] as number;
    if (read < 0) continue;
    let back = at;
    while (!isWrite(order.from[cycle[back] as number] as number))
      back = (back + cycle.length - 1) % cycle.length;
    const overwritten = nodeOf(order.from[cycle[back] as number] as number);
    conflicts.push({ overwritten, source: nodeOf(order.to[edge] as number), read });
  }
  for (const conflict of conflicts)
    for (const node of throughVisibility(visibility, conflict)) nodes.add(node);
  const [first] = conflicts as [Conflict];
  if (conflicts.length === 1) return staleRead(registers, guarantees, first, [...nodes]);
  return {
    group: GROUP,
    type: ARBITRATION_CYCLE,
    nodes: [...nodes],
    tell: ({ who }) => ({
      what: "no one order of all writes explains what was read",
      because: conflicts.map(
        ({ overwritten, source, read }) =>
          `${who(overwritten)} before ${who(source)}, as ${who(read)} where both are visible`,
      ),
    }),
  };
}

/** All findings are of one kind to whoever shrinks them: the smallest says best what is wrong. */
const GROUP = "session";

function throughVisibility(visibility: OrderGraph, { overwritten, read }: Conflict): number[] {
  const path = findPath(visibility, vertexOf(overwritten, WRITE), vertexOf(read, READ)) ?? [];
  return [...path.map((edge) => nodeOf(visibility.from[edge] as number)), read];
}

function staleRead(
  registers: RegisterHistory,
  guarantees: ReadonlySet<Guarantee>,
  conflict: Conflict,
  nodes: readonly number[],
): Finding {
  const { overwritten, read } = conflict;
  const earlier = earlierInSession(registers, read);
  const isOwn = guarantees.has("read-your-writes") && earlier.includes(overwritten);
  const earlierRead = guarantees.has("monotonic-reads")
    ? earlier.find((node) => registers.source[node] === overwritten)
    : undefined;
  const type = isOwn
    ? "older-than-own-write"
    : earlierRead === undefined
      ? "older-than-visible-write"
      : "older-than-earlier-read";
  const why = ({ who }: Words) => {
    if (isOwn) return `its session had written before: ${who(overwritten)}`;
    if (earlierRead !== undefined) return `its session had read before: ${who(earlierRead)}`;
    return `must be visible to it: ${who(overwritten)}`;
  };
  return {
    group: GROUP,
    type,
    nodes: [...nodes, ...(conflict.source === INITIAL ? [] : [conflict.source])],
    tell: (words) => ({
      what: `${words.who(read)}${conflict.source === INITIAL ? ", the initial value" : ""}, which is older than what ${why(words)}`,
      because: [],
    }),
  };
}

/** What came before in the session, the latest first. */
function earlierInSession({ before }: RegisterHistory, node: number): number[] {
  const earlier: number[] = [];
  for (let at = before[node] as number; at !== NONE; at = before[at] as number) earlier.push(at);
  return earlier;
}

function ordersBeforeItself(cycle: readonly number[], visibility: OrderGraph): Finding {
  const nodes = [...new Set(cycle.map((edge) => nodeOf(visibility.from[edge] as number)))];
  const write = cycle
    .map((edge) => visibility.from[edge] as number)
    .find((vertex) => vertex === vertexOf(nodeOf(vertex), WRITE));
  return {
    group: GROUP,
    type: "write-before-itself",
    nodes,
    tell: ({ who }) => ({
      what: `${who(nodeOf(write ?? 0))}, and must have been visible to its session before`,
      because: [],
    }),
  };
}
