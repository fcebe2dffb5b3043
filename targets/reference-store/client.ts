import type { Json, Key } from "../../harness/history/operation.ts";
import type { Client, Invocation } from "../../harness/ports/client.ts";
import { ClientError, type Completion } from "../../harness/ports/outcome.ts";
import type { Reply } from "./frame.ts";

/** What a client sends; the connection adds the session. */
export type Command = {
  readonly f: string;
  readonly key: Key;
  readonly value: Json;
};

/** A session with one node, whatever carries it. */
export interface Session {
  readonly node: string;
  call(command: Command, signal: AbortSignal): Promise<Reply>;
  close(): void;
}

/** The register that is meant where an operation names no key. */
const ONLY_KEY = "";

/** The client of the reference store. Errors: `unsupported-operation` (definite), and those of the node and the session. */
export function storeClient(session: Session): Client {
  const { node } = session;
  return {
    async invoke({ f, key, value }: Invocation, signal: AbortSignal): Promise<Completion> {
      if (!supports(f, value)) {
        const message = `the reference store has no ${f} of ${JSON.stringify(value)}`;
        throw new ClientError({ code: "unsupported-operation", message, definite: true, node });
      }
      const reply = await session.call({ f, key: key ?? ONLY_KEY, value }, signal);
      switch (reply.type) {
        case "ok":
          return { type: "ok", value: reply.value, node };
        case "fail":
          return { type: "fail", value, error: { code: reply.code, message: reply.message }, node };
        case "error":
          throw new ClientError({ ...reply, node });
      }
    },
    close: async () => session.close(),
  };
}

function supports(f: string, value: Json): boolean {
  return f === "read" || f === "write" || (f === "cas" && Array.isArray(value) && value.length === 2);
}
