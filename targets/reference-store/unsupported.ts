import type { ClientRequest, Reply } from "./frame.ts";

/** The answer of a state machine to what it does not know. */
export function unsupported({ f, value }: Pick<ClientRequest, "f" | "value">): Reply {
  const message = `no ${f} of ${JSON.stringify(value)}`;
  return { type: "error", code: "unsupported-operation", message, definite: true };
}
