import type { Client, Invocation } from "../../harness/ports/client.ts";
import { ClientError, type Completion } from "../../harness/ports/outcome.ts";
import type { Dialect, RequestForm } from "./dialects.ts";
import { errorCode } from "./error-codes.ts";
import { excerptOfText, type Message, type MessageBody } from "./message.ts";

/** The way from a client to its node. */
export interface Line {
  /** Whether the node's process runs: a request to another one leads nowhere. */
  readonly open: boolean;
  send(message: Message): void;
}

interface Waiting {
  resolve(answer: MessageBody): void;
  reject(error: ClientError): void;
}

/**
 * One client, `c1`, `c2`, …, of one node: sends requests with a `msg_id` and waits for the message that is
 * `in_reply_to` it. What replies to a request that nobody waits for any more is dropped.
 */
export class RpcClient {
  readonly id: string;
  readonly node: string;
  readonly #line: Line;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #lost = false;

  constructor(id: string, node: string, line: Line) {
    this.id = id;
    this.node = node;
    this.#line = line;
  }

  /**
   * Sends one request; the answer, whatever it says. Errors: {@link ClientError} `connection-refused` (definite),
   * `connection-reset`, `aborted`.
   */
  async ask(body: MessageBody, signal: AbortSignal): Promise<MessageBody> {
    if (!this.#line.open || this.#lost) throw this.#error("connection-refused", "does not run", true);
    if (signal.aborted) throw this.#error("aborted", "was not asked", true);
    const msg_id = ++this.#lastId;
    const abort = () =>
      this.#waiting.get(msg_id)?.reject(this.#error("aborted", "did not answer in time", false));
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise<MessageBody>((resolve, reject) => {
        this.#waiting.set(msg_id, { resolve, reject });
        this.#line.send({ src: this.id, dest: this.node, body: { ...body, msg_id } });
      });
    } finally {
      signal.removeEventListener("abort", abort);
      this.#waiting.delete(msg_id);
    }
  }

  /** A message from the node; false where it replies to nothing that this client ever asked. */
  receive({ in_reply_to: id, ...body }: MessageBody): boolean {
    if (typeof id !== "number" || id < 1 || id > this.#lastId) return false;
    this.#waiting.get(id)?.resolve(body);
    return true;
  }

  /** The node's process ended: nothing that was asked will be answered, and nobody knows what was done of it. */
  lose(): void {
    this.#lost = true;
    for (const { reject } of this.#waiting.values()) {
      reject(this.#error("connection-reset", "ended before it answered", false));
    }
  }

  #error(code: string, what: string, definite: boolean): ClientError {
    return new ClientError({ code, message: `${this.node} ${what}`, definite, node: this.node });
  }
}

/** What a client does beside asking. */
interface ClientEvents {
  close(): void;
  /** An answer made no sense. */
  malformed(message: string): void;
}

/** The client of a workload: each operation is a request of its dialect. */
export function clientOf(rpc: RpcClient, dialect: Dialect, events: ClientEvents): Client {
  return {
    async invoke(invocation: Invocation, signal: AbortSignal): Promise<Completion> {
      const form = dialect[invocation.f];
      if (form === undefined) {
        const message = `this workload has no request for ${invocation.f}`;
        throw new ClientError({ code: "unsupported-operation", message, definite: true });
      }
      const answer = await rpc.ask({ ...form.members(invocation), type: form.type }, signal);
      try {
        return completionOf(answer, form, invocation, rpc.node);
      } catch (error) {
        if (error instanceof ClientError && error.code === MALFORMED) events.malformed(error.message);
        throw error;
      }
    },
    close: async () => events.close(),
  };
}

const MALFORMED = "malformed-reply";

/** Errors: {@link ClientError} with the name of the node's error, or `malformed-reply`. */
function completionOf(
  answer: MessageBody,
  form: RequestForm,
  invocation: Invocation,
  node: string,
): Completion {
  if (answer["type"] === "error") return completionOfError(answer, form, invocation, node);
  const seen = answer["type"] === `${form.type}_ok` ? form.seen(answer, invocation) : undefined;
  if (seen === undefined) throw malformed(answer, form, node);
  return { type: "ok", value: seen, node };
}

/** Errors of a compare-and-set that are answers: there is no such key, it holds something else. */
const COMPARED: ReadonlySet<number> = new Set([20, 22]);

function completionOfError(
  answer: MessageBody,
  { errorsSeen = {}, type }: RequestForm,
  { f, value }: Invocation,
  node: string,
): Completion {
  const { code, text } = answer;
  if (typeof code !== "number") {
    const message = `${node} answered ${type} with an error without a number: ${excerptOfText(JSON.stringify(answer))}`;
    throw new ClientError({ code: MALFORMED, message, definite: false, node });
  }
  const seen = errorsSeen[code];
  if (seen !== undefined) return { type: "ok", value: seen, node };
  const { name, definite, description } = errorCode(code);
  const message = typeof text === "string" && text !== "" ? text : description;
  if (f === "cas" && COMPARED.has(code)) return { type: "fail", value, error: { code: name, message }, node };
  throw new ClientError({ code: name, message, definite, node });
}

function malformed(answer: MessageBody, { type, answer: expected }: RequestForm, node: string): ClientError {
  return new ClientError({
    code: MALFORMED,
    message: `${node} answered ${type} with ${excerptOfText(JSON.stringify(answer))}; a ${type}_ok holds ${expected}`,
    definite: false,
    node,
  });
}
