import type { Violation } from "../special-checker.ts";
import type { Chains } from "./chains.ts";
import { Closure } from "./closure.ts";
import { Kind, NEVER, NONE, type RegisterOperations } from "./register-operations.ts";
import type { Sources } from "./sources.ts";
import { type Conflict, earliestConflict, type Zones } from "./zones.ts";

/** A contradiction, and the completion with which it is there. */
interface Finding {
  readonly at: number;
  /** The operation whose answer cannot be. */
  readonly blamed: number;
  readonly evidence: readonly number[];
  readonly why: string;
}

/**
 * What keeps the chains from standing in any order, the earliest in the history; undefined where nothing does. There
 * are four ways: an operation observed what was not there yet; it observed what the same chain had left behind already;
 * two compare-and-set observed the same cluster; or two chains each stand before the other.
 *
 * Complete, since otherwise the chains in order, each with its layers in sequence, extend real time ({@link Zones}):
 * within a chain an operation of a later layer completes before one of an earlier layer is invoked only in the first
 * two ways.
 *
 * Cost: O(n), and O(n log n) where there is one.
 */
export function findViolation(
  operations: RegisterOperations,
  sources: Sources,
  chains: Chains,
  zones: Zones,
): Violation | undefined {
  const context: Context = { operations, sources, chains };
  const alone = earlier(unborn(context), earlier(leftBehind(context), forked(context)));
  const conflict = earliestConflict(operations, chains, zones, alone?.at ?? NEVER);
  const found = conflict === undefined ? alone : betweenChains(context, zones, conflict);
  if (found === undefined) return undefined;
  const closure = new Closure(operations, sources, chains);
  for (const operation of [found.blamed, ...found.evidence]) closure.add(operation);
  return {
    rows: closure.rows(),
    row: operations.object.rows[found.blamed] as number,
    why: `but ${found.why}`,
  };
}

interface Context {
  readonly operations: RegisterOperations;
  readonly sources: Sources;
  readonly chains: Chains;
}

function earlier(a: Finding | undefined, b: Finding | undefined): Finding | undefined {
  return a === undefined || (b !== undefined && b.at < a.at) ? b : a;
}

/** An operation ended before what it observed can have been there. */
function unborn(context: Context): Finding | undefined {
  const { operations, sources, chains } = context;
  const { size, kind, observed, ret } = operations;
  const { source } = sources;
  let first = NONE;
  for (let i = 0; i < size; i++) {
    if (observed[i] === NONE || kind[i] === Kind.refusal) continue;
    const cluster = source[i] as number;
    const born = cluster === NONE ? NEVER : (chains.born[cluster] as number);
    const end = ret[i] as number;
    if (end < born && (first === NONE || end < (ret[first] as number))) first = i;
  }
  if (first === NONE) return undefined;
  const cluster = source[first] as number;
  const blame = cluster === NONE ? NONE : (chains.bornBy[cluster] as number);
  const evidence = [blame];
  return {
    at: ret[first] as number,
    blamed: first,
    evidence,
    why: whyUnborn(context, first, cluster, blame),
  };
}

function whyUnborn(context: Context, blamed: number, cluster: number, late: number): string {
  const { operations, sources, chains } = context;
  const { observed, written } = operations;
  const value = textOf(operations, observed[blamed]);
  const ended = `only after the ${nameOf(operations, blamed)} had ended`;
  if (cluster === NONE) {
    const { candidates } = sources;
    if (candidates === undefined || !candidates.hasSeveral(blamed)) return `${value} was never written`;
    const excluder = candidates.excluder[blamed] as number;
    if (candidates.lastOver(blamed) === NONE) return `${value} was written ${ended}`;
    return overwritten(operations, value, excluder, blamed);
  }
  if (late === cluster && chains.born[cluster] !== NEVER) return `${value} was written ${ended}`;
  if (chains.born[cluster] !== NEVER) {
    return `${value} comes from ${textOf(operations, written[late])}, which was written ${ended}`;
  }
  if (sources.source[late] !== NONE) return `${value} comes from itself alone`;
  const origin = textOf(operations, observed[late]);
  const several = sources.candidates?.hasSeveral(late) ?? false;
  return `${value} comes from ${origin}, which was ${several ? "not there to be found" : "never written"}`;
}

/** A read began after a later cluster of its chain had. */
function leftBehind({ operations, sources, chains }: Context): Finding | undefined {
  const { size, kind, call, ret, observed } = operations;
  const { source } = sources;
  const { next, begun, begunBy } = chains;
  let first = NONE;
  for (let i = 0; i < size; i++) {
    if (kind[i] !== Kind.read || source[i] === NONE) continue;
    const after = next[source[i] as number] as number;
    if (after === NONE || (call[i] as number) < (begun[after] as number)) continue;
    if (first === NONE || (ret[i] as number) < (ret[first] as number)) first = i;
  }
  if (first === NONE) return undefined;
  const after = next[source[first] as number] as number;
  return {
    at: ret[first] as number,
    blamed: first,
    evidence: [begunBy[after] as number],
    why: overwritten(operations, textOf(operations, observed[first]), after, first),
  };
}

/** Two compare-and-set observed one cluster. */
function forked({ operations, sources, chains }: Context): Finding | undefined {
  const { observed, written } = operations;
  const { begun, begunBy, forks, next } = chains;
  if (forks.length === 0) return undefined;
  const at = (i: number) => begun[i] as number;
  const fork = forks.reduce((a, b) => (at(b) < at(a) ? b : a));
  const rival = next[sources.source[fork] as number] as number;
  const blamed = begunBy[fork] as number;
  const found = textOf(operations, observed[fork]);
  const instead = textOf(operations, written[rival]);
  const why =
    blamed === fork
      ? `another compare-and-set changed that ${found} to ${instead}`
      : `${textOf(operations, observed[blamed])} comes from ${found}, which another compare-and-set changed to ${instead}`;
  // What showed the rival first, so that it is not the rival that the witness blames.
  return { at: at(fork), blamed, evidence: [fork, rival, begunBy[rival] as number], why };
}

/**
 * Chain X is the one that the completion belongs to: it had begun, then chain Y began and was over, and then `late`
 * began, which observed X. Of all chains that can be Y the last is taken whose writer alone shows that, or else just
 * the last.
 */
function betweenChains({ operations, chains }: Context, zones: Zones, { at, lastCall }: Conflict): Finding {
  const { call, ret, observed } = operations;
  const { begun, begunBy } = chains;
  const callOf = (i: number) => call[i] as number;
  const retOf = (i: number) => ret[i] as number;
  const begunAt = (chain: number) => begun[chain] as number;
  const lastInvoked = (chain: number) => call.indexOf(lastCall[chain] as number);

  const blamed = ret.indexOf(at);
  const x = zones.chainOf[blamed] as number;
  const lateCall = lastCall[x] as number;
  let y = NONE;
  let plain = false;
  for (const chain of zones.chains) {
    if (chain === x || begunAt(chain) > lateCall || begunAt(x) > (lastCall[chain] as number)) continue;
    const writerShows = callOf(chain) > begunAt(x) && retOf(chain) < lateCall;
    if (plain && !writerShows) continue;
    y = chain;
    plain = writerShows;
  }
  const shown = plain ? y : (begunBy[y] as number);
  const afterX = callOf(shown) > begunAt(x) ? shown : lastInvoked(y);
  const beforeY = retOf(x) < callOf(afterX) ? x : (begunBy[x] as number);
  const late = callOf(blamed) > retOf(shown) ? blamed : lastInvoked(x);
  const value = textOf(operations, observed[late]);
  const gone = overwritten(operations, value, shown, late);
  const origin = late === blamed ? "" : `${textOf(operations, observed[blamed])} comes from ${value}, and `;
  return { at, blamed, evidence: [late, shown, afterX, beforeY], why: `${origin}${gone}` };
}

function overwritten(operations: RegisterOperations, value: string, by: number, late: number): string {
  const { observed, written } = operations;
  const other = textOf(operations, written[by] === NONE ? observed[by] : written[by]);
  return `${value} had been overwritten by ${other} before the ${nameOf(operations, late)} began`;
}

function textOf({ values }: RegisterOperations, value: number | undefined): string {
  return JSON.stringify(values.get(value as number));
}

/** `read`, as the history calls it. */
function nameOf({ object }: RegisterOperations, operation: number): string {
  const { columns, names } = object.history;
  return names.functions[columns.f[object.rows[operation] as number] as number] as string;
}
