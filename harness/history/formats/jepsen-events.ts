import type { AssembledEvent, HistoryAssembler } from "../history-assembler.ts";
import type { Json, Key, Process } from "../operation.ts";
import { type EventLine, type LinePosition, refuse } from "../parse-event.ts";
import { canonicalJson } from "../value-table.ts";
import type { ReadOptions } from "./format.ts";

/** What a reader of Jepsen's formats knows of an event beside its members. */
export interface JepsenEvent {
  readonly event: EventLine;
  /** Whether the file names a key, be it nil: then the value is no tuple of `jepsen.independent`. */
  readonly hasKey: boolean;
  /** Whether the value holds a set, which stands there as an array. */
  readonly holdsSet: boolean;
}

/** Operations that ask for a value of their own: where the invocation has none, its completion tells. */
const ASKS: ReadonlySet<string> = new Set(["write", "put", "append", "add", "enqueue", "push", "insert"]);

/** Operations on sets whose values are pairs [element, answer], the answer nil at invocation. */
const PAIRED: ReadonlySet<string> = new Set(["add", "remove", "contains"]);

/** Whether values are taken for tuples. `so far`: all of them were, and the file may say otherwise yet. */
type Tuples = "so far" | "always" | "never";

/**
 * Brings events with Jepsen's meaning to the assembler.
 *
 * - Values `[key value]` of `jepsen.independent` are taken apart. Jepsen prints such a tuple as a plain vector, so it is
 *   one where every operation of every client has one and some ask `[key nil]`, or where the user says so.
 * - An invocation without a value that its completion has (Knossos: `complete`) gets it from there.
 * - A set and a vector that would become the same array are refused.
 *
 * Errors: UsageError `values-conflated`, and those of the assembler.
 */
export class JepsenEvents {
  readonly #assembler: HistoryAssembler;
  readonly #isTold: boolean;
  #tuples: Tuples;
  /** The line of the first tuple, and of the first that asks for a value: `[key nil]`. */
  #firstTuple: number | undefined;
  #firstQuestion: number | undefined;
  /** The key of each open operation, while values are taken for tuples. */
  readonly #openKeys = new Map<Process, Key>();
  /** The events, by index, that lost their value and so are no tuples. */
  readonly #bare = new Set<number>();
  /** The processes whose open operation asks for a value that it does not tell. */
  readonly #untold = new Set<Process>();
  /** The texts of arrays that hold what was a set. */
  readonly #sets = new Set<string>();

  constructor(assembler: HistoryAssembler, { independent }: ReadOptions) {
    this.#assembler = assembler;
    this.#isTold = independent !== undefined;
    this.#tuples = independent === undefined ? "so far" : independent ? "always" : "never";
  }

  add({ event, hasKey, holdsSet }: JepsenEvent, at: LinePosition): void {
    const ofClient = event.process !== "nemesis";
    const tuple = ofClient && !hasKey && this.#mayBeTuples() ? tupleOf(event.value) : undefined;
    if (tuple !== undefined) {
      this.#firstTuple ??= at.line;
      if (event.type === "invoke" && tuple.value === null && !PAIRED.has(event.f))
        this.#firstQuestion ??= at.line;
    }
    if (this.#tuples === "so far" && ofClient) this.#doubt(event, hasKey, tuple?.key);
    const isKept = tuple === undefined || this.#tuples === "never";
    this.#assemble(isKept ? event : { ...event, key: tuple.key, value: tuple.value }, holdsSet, at);
  }

  /** Whether tuples matter still, be it for a warning. */
  #mayBeTuples(): boolean {
    return this.#tuples !== "never" || (!this.#isTold && this.#firstQuestion === undefined);
  }

  /** There are no more events. */
  end(): void {
    if (this.#isTold || this.#firstTuple === undefined) return;
    // Nothing but pairs, and no question: compare-and-sets, for one.
    if (this.#tuples === "so far" && this.#firstQuestion === undefined) this.#wereValues();
    const { source } = this.#assembler;
    if (this.#tuples === "so far") {
      this.#assembler.warn(
        "independent-tuples",
        this.#firstTuple,
        () =>
          `${source}: every value is a pair [key value], taken as jepsen.independent's: each key is an object of its ` +
          "own (--independent no keeps the pairs)",
      );
    } else if (this.#firstQuestion !== undefined) {
      const line = this.#firstQuestion;
      this.#assembler.warn(
        "values-of-both-kinds",
        line,
        () =>
          `${source}, line ${line}: the pair is taken as a value, since not every value is one ` +
          "(--independent yes takes pairs as jepsen.independent's keys and values)",
      );
    }
  }

  /** Whether this event is one that no test of jepsen.independent has: then all pairs before it were values. */
  #doubt(event: EventLine, hasKey: boolean, key: Key | undefined): void {
    const { type, process } = event;
    const openKey = this.#openKeys.get(process);
    const isPaired = type === "invoke" && PAIRED.has(event.f) && asksNil(event.value);
    if (key !== undefined && !isPaired && (type === "invoke" || openKey === key)) {
      if (type === "invoke") this.#openKeys.set(process, key);
      return;
    }
    if (!hasKey && isBareEnd(event) && openKey !== undefined) {
      this.#bare.add(this.#assembler.eventCount);
      return;
    }
    this.#wereValues();
  }

  /** The pairs so far were no tuples. */
  #wereValues(): void {
    this.#tuples = "never";
    if (this.#assembler.eventCount === 0) return;
    this.#assembler.rewrite((each) => {
      if (each.process === "nemesis" || this.#bare.has(each.index) || each.key === undefined) return each;
      const { key: first, ...rest } = each;
      return { ...rest, value: [first, each.value] };
    });
  }

  #assemble(event: EventLine, holdsSet: boolean, at: LinePosition): void {
    const { value = null } = event;
    if (value !== null && (holdsSet || this.#sets.size > 0)) this.#keepApart(value, holdsSet, at);
    this.#assembler.add(this.#told(event), at);
  }

  /** The event with what its operation asked for, where only the completion has it. */
  #told(event: EventLine): AssembledEvent {
    const { type, process, f, value = null } = event;
    if (type === "invoke") {
      if (value === null && process !== "nemesis" && ASKS.has(f)) this.#untold.add(process);
      return event;
    }
    const wasUntold = this.#untold.delete(process);
    return wasUntold && type !== "fail" && value !== null ? { ...event, input: value } : event;
  }

  #keepApart(value: Json, holdsSet: boolean, at: LinePosition): void {
    if (typeof value !== "object") return;
    const text = canonicalJson(value);
    if (text === "[]") return;
    const known = this.#sets.has(text);
    if (holdsSet ? known || !this.#assembler.holds(value) : !known) {
      if (holdsSet) this.#sets.add(text);
      return;
    }
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw refuse(
      at,
      "values-conflated",
      `a set and a vector of the same elements cannot be told apart: both are ${shown} here`,
      "write all of them as sets, or all as vectors",
    );
  }
}

/** A value as a tuple, if it can be one. */
function tupleOf(value: Json | undefined): { key: Key; value: Json } | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [key, second = null] = value as readonly Json[];
  return typeof key === "string" || (typeof key === "number" && Number.isInteger(key))
    ? { key, value: second }
    : undefined;
}

function asksNil(value: Json | undefined): boolean {
  return Array.isArray(value) && value[1] === null;
}

/** An operation that did not succeed may have lost its value. */
function isBareEnd({ type, value = null }: EventLine): boolean {
  return (type === "fail" || type === "info") && value === null;
}
