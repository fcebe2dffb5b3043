import { type Clock, NS_PER_MS, type Random, type Wakeup } from "../clock/index.ts";
import { AssayError, BugError, describeError } from "../errors.ts";
import {
  type Context,
  checkEmission,
  type GeneratedOperation,
  type Generator,
  type GeneratorEvent,
  type InvokeOperation,
  rootContext,
  type Thread,
  type ThreadTable,
  threadTable,
  withBusy,
  withFree,
  withNextProcess,
} from "../generator/index.ts";
import type { EventType, HistoryEvent, Process } from "../history/operation.ts";
import type { Recorder } from "../history/recorder.ts";
import { ClientError, type Completion, completionOfError, type Invocation } from "../ports/index.ts";
import { type OpenClient, type Outcome, Worker } from "./worker.ts";

export interface InterpreterSetup {
  readonly clock: Clock;
  readonly random: Random;
  readonly generator: Generator;
  /** Client threads. */
  readonly concurrency: number;
  readonly openClient: OpenClient;
  /** Carries out the operations of the nemesis thread. */
  readonly nemesis: (invocation: Invocation) => Promise<Completion>;
  /** Whether an operation can change the store. */
  readonly hasEffect: (f: string) => boolean;
  /** Where events go. The interpreter is its only writer, so the order of its calls is the real-time order. */
  readonly recorder: Pick<Recorder, "append" | "flush">;
  readonly opTimeoutNs: number;
  readonly nemesisTimeoutNs: number;
  /** Woken by whoever wants the generator asked again at once. */
  readonly wakeup: Wakeup;
  readonly onEvent: (event: HistoryEvent) => void;
  readonly log: (message: string) => void;
}

/** The code of an operation that got no answer in time. */
export const OPERATION_TIMEOUT = "timeout";

/** What keeps a thread busy: an operation, or a rest where there is no invocation. */
interface UnderWay {
  readonly thread: Thread;
  readonly invocation: Invocation | undefined;
  /** When the operation is given up, or the sleep is over. */
  readonly deadlineNs: number;
}

interface Arrival {
  readonly underWay: UnderWay;
  readonly outcome: Outcome;
  readonly timeNs: number;
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

const FLUSH_EVERY_NS = 100 * NS_PER_MS;

/**
 * How long a thread rests once its connection is lost. A node that is down says so at once; without a rest its
 * clients would be free all the time, and use up the rate of the whole run.
 */
const RECONNECT_PAUSE_NS = 100 * NS_PER_MS;

/**
 * Runs a generator: the one place where clients and the nemesis are run, and where events get their order.
 *
 * One loop owns the generator and the recorder. Each turn it first takes in every completion that has arrived, and
 * only then asks for the next operation: an operation invoked after another's answer was there must not look
 * concurrent with it. An operation that gets no answer in time is completed as a timeout, and its late answer is
 * dropped: the record says what was known when.
 *
 * Resolves when the generator is done and every operation has completed.
 */
export async function interpret(setup: InterpreterSetup): Promise<void> {
  const interpreter = new Interpreter(setup);
  try {
    await interpreter.run();
  } finally {
    await interpreter.close();
  }
}

class Interpreter {
  readonly #setup: InterpreterSetup;
  readonly #workers: readonly Worker[];
  /** What is under way, by thread, in order of invocation. */
  readonly #underWay = new Map<Thread, UnderWay>();
  #arrivals: Arrival[] = [];
  #generator: Generator;
  #threads: ThreadTable;
  #emitted = 0;
  #unflushed = false;
  #flushedNs = 0;

  constructor(setup: InterpreterSetup) {
    this.#setup = setup;
    this.#generator = setup.generator;
    this.#threads = threadTable(setup.concurrency, true);
    this.#workers = Array.from(
      { length: setup.concurrency },
      (_, thread) => new Worker(thread, setup.openClient, setup.log),
    );
  }

  async run(): Promise<void> {
    const { clock, wakeup } = this.#setup;
    for (;;) {
      this.#takeArrivals();
      const nowNs = clock.nowNs();
      this.#expire(nowNs);
      this.#flushNowAndThen(nowNs);
      const context = this.#context(nowNs);
      const offer = this.#generator.op(context);
      if (typeof offer === "object") checkEmission(offer.operation, context);
      if (typeof offer === "object" && offer.operation.timeNs <= nowNs) {
        this.#generator = offer.next;
        this.#emitted++;
        this.#start(offer.operation, nowNs);
        continue;
      }
      if (offer === "done" && this.#operationsUnderWay === 0) return;
      const untilNs = typeof offer === "object" ? offer.operation.timeNs : Number.POSITIVE_INFINITY;
      await this.#wait(wakeup, untilNs);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    this.#setup.recorder.flush();
  }

  /** Sleeps hold a thread but nobody waits for them once the generator is done. */
  get #operationsUnderWay(): number {
    let count = 0;
    for (const { invocation } of this.#underWay.values()) if (invocation !== undefined) count++;
    return count;
  }

  #context(nowNs: number): Context {
    return rootContext(this.#threads, nowNs, this.#setup.random, this.#emitted);
  }

  #start(operation: GeneratedOperation, nowNs: number): void {
    const { thread } = operation;
    switch (operation.kind) {
      case "log":
        this.#setup.log(operation.message);
        return;
      case "sleep":
        this.#occupy({ thread, invocation: undefined, deadlineNs: nowNs + operation.durationNs });
        return;
      case "invoke":
        this.#invoke(operation, nowNs);
    }
  }

  #occupy(underWay: UnderWay): void {
    this.#underWay.set(underWay.thread, underWay);
    this.#threads = withBusy(this.#threads, underWay.thread);
  }

  #invoke(operation: InvokeOperation, nowNs: number): void {
    const { thread, f, key, value } = operation;
    const isNemesis = thread === "nemesis";
    const invocation: Invocation = key === undefined ? { f, value } : { f, key, value };
    const timeoutNs = isNemesis ? this.#setup.nemesisTimeoutNs : this.#setup.opTimeoutNs;
    const underWay: UnderWay = { thread, invocation, deadlineNs: nowNs + timeoutNs };
    this.#occupy(underWay);
    this.#record("invoke", thread, invocation, nowNs, invocation);
    const answer = isNemesis
      ? this.#inject(invocation)
      : (this.#workers[thread] as Worker).run(invocation, this.#setup.hasEffect(f));
    void answer.then((outcome) => {
      this.#arrivals.push({ underWay, outcome, timeNs: this.#setup.clock.nowNs() });
      this.#setup.wakeup.wake();
    });
  }

  /** The nemesis knows what it did: its operations end in `ok` or `fail`, never in `info`. */
  async #inject(invocation: Invocation): Promise<Outcome> {
    const lostConnection = false;
    try {
      return { completion: await this.#setup.nemesis(invocation), lostConnection };
    } catch (error) {
      const code = error instanceof AssayError ? error.code : "nemesis-threw";
      const completion = {
        type: "fail",
        value: invocation.value,
        error: { code, message: describeError(error) },
      } as const;
      return { completion, lostConnection };
    }
  }

  #takeArrivals(): void {
    if (this.#arrivals.length === 0) return;
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    for (const { underWay, outcome, timeNs } of arrivals) {
      const { thread } = underWay;
      // An answer that comes after its operation was given up changes nothing any more.
      if (this.#underWay.get(thread) !== underWay) continue;
      this.#complete(underWay, outcome.completion, timeNs);
      if (outcome.lostConnection) {
        this.#occupy({ thread, invocation: undefined, deadlineNs: timeNs + RECONNECT_PAUSE_NS });
      }
    }
  }

  /** Completes what got no answer in time, and ends sleeps. */
  #expire(nowNs: number): void {
    for (const underWay of this.#underWay.values()) {
      if (underWay.deadlineNs > nowNs) continue;
      const { thread, invocation } = underWay;
      if (invocation === undefined) {
        this.#release(thread);
        continue;
      }
      const hasEffect = thread !== "nemesis" && this.#setup.hasEffect(invocation.f);
      const timeout = new ClientError({
        code: OPERATION_TIMEOUT,
        message: "no answer in time",
        definite: false,
      });
      this.#complete(underWay, completionOfError(timeout, { value: invocation.value, hasEffect }), nowNs);
      if (thread !== "nemesis") (this.#workers[thread] as Worker).discard();
    }
  }

  #complete({ thread, invocation }: UnderWay, completion: Completion, timeNs: number): void {
    this.#release(thread);
    if (invocation === undefined) return;
    const process = this.#record(completion.type, thread, invocation, timeNs, completion);
    if (completion.type === "info" && process !== "nemesis") {
      this.#threads = withNextProcess(this.#threads, thread as number);
    }
  }

  #release(thread: Thread): void {
    this.#underWay.delete(thread);
    this.#threads = withFree(this.#threads, thread);
  }

  /** Appends an event to the history and tells the generator of it; the process whose event it is. */
  #record(
    type: EventType,
    thread: Thread,
    { f, key }: Invocation,
    timeNs: number,
    { value, error, node }: Omit<Completion, "type">,
  ): Process {
    const process = thread === "nemesis" ? thread : (this.#threads.processes[thread] as number);
    // Members are added one by one: spreading costs a tenth of the whole loop.
    const event: Writable<Omit<HistoryEvent, "index">> = { time: timeNs, type, process, f, value };
    const told: Writable<GeneratorEvent> = { type, timeNs, thread, process, f, value };
    if (key !== undefined) {
      event.key = key;
      told.key = key;
    }
    if (error !== undefined) event.error = error;
    if (node !== undefined) event.node = node;
    this.#setup.onEvent(this.#setup.recorder.append(event));
    this.#unflushed = true;
    this.#generator = this.#generator.update(this.#context(timeNs), told);
    return process;
  }

  #flushNowAndThen(nowNs: number): void {
    if (!this.#unflushed || nowNs - this.#flushedNs < FLUSH_EVERY_NS) return;
    this.#setup.recorder.flush();
    this.#unflushed = false;
    this.#flushedNs = nowNs;
  }

  /** Waits for an answer, a wake-up, the next deadline or `untilNs`, whichever comes first. */
  #wait(wakeup: Wakeup, untilNs: number): Promise<void> {
    let firstNs = untilNs;
    for (const { deadlineNs } of this.#underWay.values()) firstNs = Math.min(firstNs, deadlineNs);
    if (!Number.isFinite(firstNs)) {
      throw new BugError({
        code: "generator-stuck",
        message:
          "the generator waits for ever: it is pending, no operation is under way, and no time is named",
      });
    }
    if (this.#unflushed) firstNs = Math.min(firstNs, this.#flushedNs + FLUSH_EVERY_NS);
    return this.#setup.clock.wait(wakeup, firstNs);
  }
}
