import type { Json } from "../../harness/history/operation.ts";
import type { Client, Invocation } from "../../harness/ports/client.ts";
import { ClientError, type Completion } from "../../harness/ports/outcome.ts";
import type { Ask, ClientConfig, ClientSide, Command } from "./client-side.ts";
import type { Protocol, Reply } from "./frame.ts";

/** A client's connection to one node, whatever carries it. */
export interface Session {
  call(command: Command, sequence: number, signal: AbortSignal): Promise<Reply>;
  close(): void;
}

export interface StoreClientSetup {
  readonly protocol: Pick<Protocol<unknown, Json>, "operations" | "client">;
  readonly config: ClientConfig;
  /** Connects this client to a node. Errors: `ClientError`. */
  readonly connect: (node: string) => Promise<Session>;
}

/** The register that is meant where an operation names no key. */
const ONLY_KEY = "";

/**
 * Opens a client of the reference store, connected to its home node; to others as its protocol asks for them.
 * Errors of an operation: `unsupported-operation` (definite), and those of the nodes and the connections.
 */
export async function openStoreClient({ protocol, config, connect }: StoreClientSetup): Promise<Client> {
  const { home } = config;
  const invoke = (protocol.client ?? askOneNode)(config);
  const sessions = new Map<string, Promise<Session>>([[home, Promise.resolve(await connect(home))]]);
  let sequence = 0;

  function session(node: string): Promise<Session> {
    const open = sessions.get(node) ?? connect(node);
    sessions.set(node, open);
    return open;
  }

  async function call(node: string, command: Command, number: number, signal: AbortSignal): Promise<Reply> {
    if (signal.aborted) {
      throw new ClientError({ code: "aborted", message: `${node} was not asked`, definite: true, node });
    }
    const opened = session(node);
    try {
      return await (await opened).call(command, number, signal);
    } catch (error) {
      // A connection that failed once is of no use any more; the next question to this node opens another.
      if (!signal.aborted && sessions.get(node) === opened) sessions.delete(node);
      throw error;
    }
  }

  function asking(signal: AbortSignal): Ask {
    const first = ++sequence;
    return (node, command, numbering = "same") => {
      const answer = call(node, command, numbering === "fresh" ? ++sequence : first, signal);
      // Whoever asks many and needs a few leaves the others alone: they may fail without anybody to hear it.
      answer.catch(() => undefined);
      return answer;
    };
  }

  return {
    async invoke({ f, key, value }: Invocation, signal: AbortSignal): Promise<Completion> {
      if (!protocol.operations.includes(f)) {
        const message = `the reference store has no ${f} of ${JSON.stringify(value)} with this protocol`;
        throw new ClientError({ code: "unsupported-operation", message, definite: true, node: home });
      }
      const { reply, node } = await untilOver(signal, (asked) =>
        invoke({ f, key: key ?? ONLY_KEY, value }, asking(asked)),
      );
      switch (reply.type) {
        case "ok":
          return { type: "ok", value: reply.value, node };
        case "fail":
          return { type: "fail", value, error: { code: reply.code, message: reply.message }, node };
        case "error":
          throw new ClientError({ ...reply, node });
      }
    },
    async close() {
      for (const open of sessions.values()) {
        open.then(
          (opened) => opened.close(),
          () => undefined,
        );
      }
    },
  };
}

/** Given as the reason, since the default one is an exception with its stack, for every operation. */
const OVER = "the operation is over";

/** Nobody waits any more for what was asked and is not answered when the operation is over. */
async function untilOver<Result>(
  signal: AbortSignal,
  operation: (asked: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const abort = () => over.abort(OVER);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await operation(over.signal);
  } finally {
    signal.removeEventListener("abort", abort);
    abort();
  }
}

/**
 * The client's side of a protocol that has none of its own: asks the home node, or any node where the client roams, and
 * carries the context of one reply into the next request.
 */
const askOneNode: ClientSide =
  ({ home, nodes, roams, random, carried }) =>
  async (command, ask) => {
    const node = roams ? random.pick(nodes) : home;
    const reply = await ask(node, { ...command, ...carried });
    if (reply.type === "ok" && reply.context !== undefined) carried.context = reply.context;
    return { reply, node };
  };
