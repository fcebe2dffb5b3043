import { describeError } from "../errors.ts";
import {
  type Client,
  ClientError,
  type Completion,
  completionOfError,
  type Invocation,
} from "../ports/index.ts";

/** Opens the connection of one client thread to its node. */
export type OpenClient = (thread: number) => Promise<Client>;

/** One life of a connection: from its opening until somebody gives it up. */
interface Connection {
  client: Client | undefined;
  readonly abandoned: AbortController;
}

/** How an operation ended, and whether its connection ended with it. */
export interface Outcome {
  readonly completion: Completion;
  readonly lostConnection: boolean;
}

/**
 * One client thread's hands: holds its connection, and turns whatever happens into a completion. `run` never
 * rejects.
 */
export class Worker {
  readonly #thread: number;
  readonly #open: OpenClient;
  readonly #log: (message: string) => void;
  #connection: Connection | undefined;
  readonly #closing = new Set<Promise<void>>();

  constructor(thread: number, open: OpenClient, log: (message: string) => void) {
    this.#thread = thread;
    this.#open = open;
    this.#log = log;
  }

  /** A client that cannot connect sent nothing: that is `fail`. One that threw is not used again. */
  async run(invocation: Invocation, hasEffect: boolean): Promise<Outcome> {
    this.#connection ??= { client: undefined, abandoned: new AbortController() };
    const connection = this.#connection;
    try {
      connection.client ??= await this.#connect(connection);
      const completion = await connection.client.invoke(invocation, connection.abandoned.signal);
      return { completion, lostConnection: false };
    } catch (error) {
      if (this.#connection === connection) this.discard();
      return {
        completion: completionOfError(error, { value: invocation.value, hasEffect }),
        lostConnection: true,
      };
    }
  }

  async #connect(connection: Connection): Promise<Client> {
    const noClient = (cause: unknown) =>
      new ClientError({ code: "no-client", message: "cannot connect", definite: true, cause });
    const client = await this.#open(this.#thread).catch((cause: unknown) => {
      throw noClient(cause);
    });
    if (!connection.abandoned.signal.aborted) return client;
    this.#close(client);
    throw noClient(new Error("the connection came too late"));
  }

  /** Gives the connection up, with whatever is under way on it; the next operation opens a new one. */
  discard(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.abandoned.abort();
    if (connection?.client !== undefined) this.#close(connection.client);
  }

  #close(client: Client): void {
    const closing: Promise<void> = client
      .close()
      .catch((error: unknown) =>
        this.#log(`thread ${this.#thread}: closing a client failed: ${describeError(error)}`),
      )
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  async close(): Promise<void> {
    this.discard();
    await Promise.all(this.#closing);
  }
}
