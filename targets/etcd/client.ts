import type { Json } from "../../harness/history/index.ts";
import { type Client, ClientError, type Completion, type Invocation } from "../../harness/ports/index.ts";
import { type Answer, type Endpoint, post } from "./gateway.ts";
import { casRequest, type Request, readRequest, valueRead, writeRequest } from "./requests.ts";

/** A client of one node: `read`, `write`, `cas`. It keeps no connection of its own, so there is nothing to open. */
export function etcdClient(endpoint: Endpoint, { serializable }: { serializable: boolean }): Client {
  const { node } = endpoint;
  const ask = (request: Request, signal: AbortSignal) => post(endpoint, request.path, request.body, signal);

  async function invoke({ f, key, value }: Invocation, signal: AbortSignal): Promise<Completion> {
    switch (f) {
      case "read":
        return { type: "ok", value: decoded(await ask(readRequest(key, { serializable }), signal)), node };
      case "write":
        await ask(writeRequest(key, value), signal);
        return { type: "ok", value, node };
      case "cas": {
        const [from, to] = pairOf(value);
        const { succeeded } = await ask(casRequest(key, from, to), signal);
        if (succeeded === true) return { type: "ok", value, node };
        const error = { code: "precondition-failed", message: `the value is not ${JSON.stringify(from)}` };
        return { type: "fail", value, error, node };
      }
      default:
        throw new ClientError({
          code: "unsupported-operation",
          message: `etcd has no operation ${f}`,
          definite: true,
          node,
        });
    }
  }

  function decoded(answer: Answer): Json {
    try {
      return valueRead(answer);
    } catch (cause) {
      throw new ClientError({
        code: "foreign-value",
        message: "the key holds a value that assay did not write",
        definite: false,
        node,
        cause,
      });
    }
  }

  return { invoke, close: async () => {} };
}

function pairOf(value: Json): readonly [Json, Json] {
  if (Array.isArray(value) && value.length === 2) return [value[0] as Json, value[1] as Json];
  throw new ClientError({
    code: "bad-operation",
    message: `cas takes [from, to], not ${JSON.stringify(value)}`,
    definite: true,
  });
}
