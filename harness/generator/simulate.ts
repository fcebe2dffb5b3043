import { formatSeconds } from "../clock/duration.ts";
import { Random } from "../clock/random.ts";
import { UsageError } from "../errors.ts";
import type { CompletionType, Json } from "../history/operation.ts";
import { checkEmission } from "./check-emission.ts";
import { rootContext } from "./context.ts";
import type { Context, GeneratedOperation, Generator, GeneratorEvent } from "./generator.ts";
import type { Thread } from "./thread-set.ts";
import { threadTable, withBusy, withFree, withNextProcess } from "./thread-table.ts";

/** How a simulated operation ends. */
export interface SimulatedCompletion {
  readonly type: CompletionType;
  /** From invocation to completion, a whole number; `Infinity` for an operation that never completes. */
  readonly latencyNs: number;
  /** The value of the invocation where absent. */
  readonly value?: Json;
}

export interface Simulation {
  /** Client threads. */
  readonly concurrency: number;
  /** The whole simulation is a function of the generator, these options and this seed. */
  readonly seed: number;
  /** Whether there is a thread for the nemesis. */
  readonly nemesis?: boolean;
  /**
   * Decides how an operation ends. `ordinal`: how many operations its thread had before. The nemesis must not end in
   * `info`.
   */
  readonly complete: (invocation: GeneratorEvent, random: Random, ordinal: number) => SimulatedCompletion;
  /** Told of everything that is taken from the generator, sleeps and log lines included. */
  readonly onEmission?: (operation: GeneratedOperation) => void;
  /** How many operations to take before giving up on the generator's end; a million where absent. */
  readonly operationLimit?: number;
}

/** So many times an operation may move into the future by the time that it is due. */
const POSTPONED_LIMIT = 1_000;

/**
 * Runs a generator in virtual time against made-up completions and returns what it would put in the history, in
 * order. It treats the generator as a real run does: completions that are due come before the next question, each
 * question has its chance from the number of operations emitted so far, every invocation and completion is an
 * update, an operation in the future is asked for again when its time has come, and a thread whose operation ended in
 * `info` goes on as a new process. After the end it waits for what is under way.
 *
 * Errors, all {@link UsageError}: `generator-deadlock` when the generator is pending and nothing is under way that
 * could change its mind; `endless-generator` past `operationLimit`; `postponed-for-ever`; `bad-operation`;
 * `bad-completion`.
 * As `jepsen.generator.test/simulate`.
 */
export function simulate(generator: Generator, simulation: Simulation): readonly GeneratorEvent[] {
  const { concurrency, complete, operationLimit = 1_000_000 } = simulation;
  const questions = new Random(simulation.seed).stream("generator");
  const completions = new Random(simulation.seed).stream("completions");
  const events: GeneratorEvent[] = [];
  const underWay = new Agenda();
  const ordinals = new Map<Thread, number>();
  let table = threadTable(concurrency, simulation.nemesis ?? false);
  let current = generator;
  let timeNs = 0;
  let emitted = 0;
  let postponed = 0;

  const contextNow = (): Context => rootContext(table, timeNs, questions, emitted);

  function record(event: GeneratorEvent): void {
    events.push(event);
    current = current.update(contextNow(), event);
  }

  /** Lets everything happen that is due at the instant of the next of it. */
  function advanceToNext(): void {
    timeNs = Math.max(timeNs, underWay.nextNs);
    for (let due = underWay.takeDue(timeNs); due !== undefined; due = underWay.takeDue(timeNs)) {
      table = withFree(table, due.thread);
      postponed = 0;
      if (due.completion === undefined) continue;
      record({ ...due.completion, timeNs });
      if (due.completion.type === "info") table = withNextProcess(table, due.thread as number);
    }
  }

  function invoke(operation: Extract<GeneratedOperation, { kind: "invoke" }>): void {
    const { kind: _, thread, ...rest } = operation;
    const ordinal = ordinals.get(thread) ?? 0;
    ordinals.set(thread, ordinal + 1);
    const invocation: GeneratorEvent = {
      type: "invoke",
      ...rest,
      timeNs,
      thread,
      process: contextNow().processOf(thread),
    };
    table = withBusy(table, thread);
    record(invocation);
    const end = complete(invocation, completions, ordinal);
    checkCompletion(end, invocation);
    const { type, latencyNs, value = invocation.value } = end;
    underWay.add({ atNs: timeNs + latencyNs, thread, completion: { ...invocation, type, value } });
  }

  function take(operation: GeneratedOperation): void {
    if (emitted >= operationLimit) throw endless(operationLimit, timeNs);
    emitted++;
    postponed = 0;
    simulation.onEmission?.(operation);
    if (operation.kind === "invoke") invoke(operation);
    else if (operation.kind === "sleep") {
      table = withBusy(table, operation.thread);
      underWay.add({ atNs: timeNs + operation.durationNs, thread: operation.thread, completion: undefined });
    }
  }

  for (;;) {
    if (underWay.nextNs <= timeNs) advanceToNext();
    const context = contextNow();
    const offer = current.op(context);
    if (offer === "done") break;
    if (offer === "pending") {
      if (underWay.nextNs === Number.POSITIVE_INFINITY) throw deadlock(table.free.size, context);
      advanceToNext();
      continue;
    }
    checkEmission(offer.operation, context);
    if (offer.operation.timeNs <= timeNs) {
      current = offer.next;
      take(offer.operation);
    } else if (underWay.nextNs <= offer.operation.timeNs) advanceToNext();
    else {
      timeNs = offer.operation.timeNs;
      if (++postponed > POSTPONED_LIMIT) throw postponedForEver(timeNs);
    }
  }
  while (underWay.nextNs < Number.POSITIVE_INFINITY) advanceToNext();
  return events;
}

interface UnderWay {
  readonly atNs: number;
  readonly thread: Thread;
  /** Absent for the end of a sleep. */
  readonly completion: GeneratorEvent | undefined;
}

/** What is to happen, in order of time; what was added first comes first among equals. */
class Agenda {
  readonly #entries: UnderWay[] = [];

  /** When something happens next; `Infinity` when nothing ever does. */
  get nextNs(): number {
    return this.#entries[0]?.atNs ?? Number.POSITIVE_INFINITY;
  }

  add(entry: UnderWay): void {
    const at = this.#entries.findLastIndex(({ atNs }) => atNs <= entry.atNs) + 1;
    this.#entries.splice(at, 0, entry);
  }

  takeDue(nowNs: number): UnderWay | undefined {
    return this.nextNs <= nowNs ? this.#entries.shift() : undefined;
  }
}

function checkCompletion({ type, latencyNs }: SimulatedCompletion, { process, f }: GeneratorEvent): void {
  let problem: string | undefined;
  if (!(latencyNs >= 0) || (latencyNs !== Number.POSITIVE_INFINITY && !Number.isSafeInteger(latencyNs))) {
    problem = `after ${latencyNs} ns, which is no duration`;
  } else if (process === "nemesis" && type === "info") {
    problem = "with info on the nemesis, which only knows ok and fail";
  }
  if (problem === undefined) return;
  throw new UsageError({
    code: "bad-completion",
    message: `simulated operation ${JSON.stringify(f)} ends ${problem}`,
  });
}

function deadlock(freeCount: number, { timeNs, threads }: Context): UsageError {
  return new UsageError({
    code: "generator-deadlock",
    message:
      `the generator is pending at ${formatSeconds(timeNs)} and will be for ever: ` +
      `${freeCount} of ${threads.size} threads are free and no operation under way will complete`,
    hint: "a generator may be pending only while an operation that will complete can change its mind",
  });
}

function endless(operationLimit: number, timeNs: number): UsageError {
  return new UsageError({
    code: "endless-generator",
    message: `the generator went on after ${operationLimit} operations, at ${formatSeconds(timeNs)}`,
    hint: "wrap it in limit or timeLimit, or raise operationLimit",
  });
}

function postponedForEver(timeNs: number): UsageError {
  return new UsageError({
    code: "postponed-for-ever",
    message: `the generator put off its operation ${POSTPONED_LIMIT} times in a row, last to ${formatSeconds(timeNs)}`,
    hint: "an operation must keep its time until it is taken: count from an instant in the generator's state, not from context.timeNs",
  });
}
