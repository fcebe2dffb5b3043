import { ClientError } from "../../harness/ports/index.ts";
import { meaningOfAnswer, meaningOfFailure } from "./errors.ts";

/** Where to ask, and whom. */
export interface Endpoint {
  readonly node: string;
  /** Of 127.0.0.1. */
  readonly port: number;
  /** The cluster that must answer: while a node is down, anybody may listen on its port. */
  readonly clusterId?: string;
}

/** A JSON object, as etcd's gateway answers. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Asks one node through etcd's JSON gateway. Nothing is ever sent twice: a retry would hide what became of the first.
 * Errors: {@link ClientError} with the codes of errors.ts, `bad-answer`, `foreign-answer`.
 */
export async function post(
  endpoint: Endpoint,
  path: string,
  request: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  const { node, clusterId } = endpoint;
  const { ok, text } = await exchange(endpoint, path, request, signal);
  if (!ok) throw new ClientError({ ...meaningOfAnswer(text), message: messageIn(text), node });
  const answer = parse(text);
  if (answer === undefined) {
    throw new ClientError({ code: "bad-answer", message: `no JSON object: ${text}`, definite: false, node });
  }
  if (clusterId !== undefined && clusterIn(answer) !== clusterId) {
    const message = `the port of ${node} was answered by somebody else: ${text}`;
    throw new ClientError({ code: "foreign-answer", message, definite: false, node });
  }
  return answer;
}

/** The id of the cluster that an answer comes from; nothing where it is no answer of etcd's. */
export function clusterIn({ header }: Answer): string | undefined {
  return isAnswer(header) && typeof header["cluster_id"] === "string" ? header["cluster_id"] : undefined;
}

async function exchange(
  { node, port }: Endpoint,
  path: string,
  request: unknown,
  signal: AbortSignal,
): Promise<{ ok: boolean; text: string }> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      redirect: "error",
      body: JSON.stringify(request),
      signal,
    });
    return { ok: response.ok, text: await response.text() };
  } catch (cause) {
    throw new ClientError({ ...meaningOfFailure(cause), message: `no answer from ${node}`, node, cause });
  }
}

/** The gateway's own words: `{"error": "etcdserver: request timed out", "code": 14, …}`. */
function messageIn(text: string): string {
  const { error } = parse(text) ?? {};
  return typeof error === "string" ? error : text;
}

function parse(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isAnswer(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
