import type { Json } from "../../harness/history/operation.ts";
import type { Client, Invocation } from "../../harness/ports/client.ts";
import { ClientError, type Completion } from "../../harness/ports/outcome.ts";
import type { Ask, ClientConfig, ClientSide, Command } from "./client-side.ts";
import type { Protocol, Reply } from "./frame.ts";

/** A client's connection to one node, whatever carries it. */
interface Session {
  call(command: Command, sequence: number, signal: AbortSignal): Promise<Reply>;
  close(): void;
}

export interface StoreClientSetup {
  readonly protocol: Pick<Protocol<unknown, Json>, "operations" | "client">;
  readonly config: ClientConfig;
  /** Connects this client to a node. Errors: `ClientError`. */
  readonly connect: (node: string) => Promise<Session>;
}

/** Why questions end whose operation has its answer. */
const ANSWERED = Symbol("answered");

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
    const opened = session(node);
    try {
      return await (await opened).call(command, number, signal);
    } catch (error) {
      // A connection that failed once is of no use any more; the next question to this node opens another. One over
      // which an answer was not waited for is as good as before.
      if (sessions.get(node) === opened && signal.reason !== ANSWERED) sessions.delete(node);
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
      const { reply, node } = await untilAnswered(signal, (own) =>
        invoke({ f, key: key ?? ONLY_KEY, value }, asking(own)),
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

/** Does one operation under a signal of its own, which ends with it: what was asked and is not waited for ends too. */
async function untilAnswered<T>(
  signal: AbortSignal,
  operation: (own: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const abort = () => own.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await operation(own.signal);
  } finally {
    signal.removeEventListener("abort", abort);
    own.abort(ANSWERED);
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
