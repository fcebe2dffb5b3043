import type { Random } from "../../harness/clock/random.ts";
import type { Deferred, VirtualClock } from "../../harness/clock/virtual-clock.ts";
import type { Json } from "../../harness/history/operation.ts";
import { ClientError } from "../../harness/ports/outcome.ts";
import { clientLatencyNs } from "./latency.ts";
import type { Trace } from "./trace.ts";

/** The node's end of a connection. */
interface ConnectedNode<Request extends Json, Reply extends Json> {
  readonly id: string;
  readonly up: boolean;
  accept(connection: Connection<Request, Reply>): void;
  disconnect(connection: Connection<Request, Reply>): void;
  request(connection: Connection<Request, Reply>, sequence: number, request: Request): void;
}

export interface ConnectionSetup<Request extends Json, Reply extends Json> {
  /** Names the client; no two connections to one node have the same at a time. */
  readonly client: string;
  readonly node: ConnectedNode<Request, Reply>;
  readonly clock: VirtualClock;
  /** Decides the latencies of this connection and of no others. */
  readonly random: Random;
  readonly meanLatencyNs: number;
  readonly trace?: Trace | undefined;
}

/**
 * A client's connection to one node, as reliable as TCP: everything arrives once, in order, after a latency. It ends
 * when the node's process ends. Connecting and every call take simulated time, also those that fail and those over a
 * latency of zero, so that a client that asks again at once cannot stop the clock.
 */
export class Connection<Request extends Json, Reply extends Json> {
  readonly client: string;
  readonly node: string;
  readonly #setup: ConnectionSetup<Request, Reply>;
  readonly #calls = new Map<number, Deferred<Reply>>();
  #sequence = 0;
  #ended: "closed" | "reset" | undefined;
  #lastRequestNs = 0;
  #lastReplyNs = 0;

  private constructor(setup: ConnectionSetup<Request, Reply>) {
    this.client = setup.client;
    this.node = setup.node.id;
    this.#setup = setup;
  }

  /** Connects. Errors: {@link ClientError} `connection-refused`, definite, where the node is down. */
  static async open<Request extends Json, Reply extends Json>(
    setup: ConnectionSetup<Request, Reply>,
  ): Promise<Connection<Request, Reply>> {
    const { clock, random, node } = setup;
    const connection = new Connection(setup);
    const opened = clock.deferred<void>();
    clock.schedule(clientLatencyNs(random, setup.meanLatencyNs), () => {
      const accepted = node.up;
      if (accepted) node.accept(connection);
      clock.schedule(clientLatencyNs(random, setup.meanLatencyNs), () => {
        if (accepted) opened.resolve(undefined);
        else opened.reject(connection.#error("connection-refused", "is down", true));
      });
    });
    await opened.promise;
    return connection;
  }

  /**
   * Sends a request and waits for its answer. Requests are numbered from 1 unless the caller numbers them: the answer
   * to a number goes to whoever asked with it last. After `signal` aborts, an answer is ignored.
   * Errors: {@link ClientError} `connection-reset` (definite only where the reset was known before anything was
   * sent), `closed`, `aborted`.
   */
  async call(request: Request, signal: AbortSignal, sequence = ++this.#sequence): Promise<Reply> {
    if (this.#ended === "closed") throw this.#error("closed", "was left by this client", true);
    if (this.#ended === "reset") throw this.#error("connection-reset", "had reset the connection", true);
    if (signal.aborted) throw this.#error("aborted", "was not asked", true);
    const answer = this.#setup.clock.deferred<Reply>();
    this.#calls.set(sequence, answer);
    const abort = () => answer.reject(this.#error("aborted", "did not answer in time", false));
    signal.addEventListener("abort", abort, { once: true });
    this.#lastRequestNs = this.#schedule(this.#lastRequestNs, () =>
      this.#setup.node.request(this, sequence, request),
    );
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener("abort", abort);
      if (this.#calls.get(sequence) === answer) this.#calls.delete(sequence);
    }
  }

  close(): void {
    this.#ended ??= "closed";
    // What was sent before still arrives: the end of the stream travels behind it.
    this.#lastRequestNs = this.#schedule(this.#lastRequestNs, () => this.#setup.node.disconnect(this));
    for (const call of this.#calls.values()) {
      call.reject(this.#error("closed", "was left by this client before it answered", false));
    }
  }

  /** The node answers. */
  answerByNode(sequence: number, reply: Reply): void {
    this.#lastReplyNs = this.#schedule(this.#lastReplyNs, () => {
      const call = this.#calls.get(sequence);
      if (call === undefined) return;
      const { clock, trace } = this.#setup;
      trace?.({ timeNs: clock.nowNs(), type: "reply", client: this.client, node: this.node, body: reply });
      call.resolve(reply);
    });
  }

  /** The node's process ended. What it had answered before arrives first. */
  resetByNode(): void {
    this.#lastReplyNs = this.#schedule(this.#lastReplyNs, () => {
      this.#ended ??= "reset";
      for (const call of this.#calls.values()) {
        call.reject(this.#error("connection-reset", "reset the connection before it answered", false));
      }
    });
  }

  /** Runs `arrive` after a latency and not before `notBeforeNs`; the instant. */
  #schedule(notBeforeNs: number, arrive: () => void): number {
    const { clock, random, meanLatencyNs } = this.#setup;
    const nowNs = clock.nowNs();
    const atNs = Math.max(notBeforeNs, nowNs + clientLatencyNs(random, meanLatencyNs));
    clock.schedule(atNs - nowNs, arrive);
    return atNs;
  }

  #error(code: string, what: string, definite: boolean): ClientError {
    return new ClientError({ code, message: `${this.node} ${what}`, definite, node: this.node });
  }
}
