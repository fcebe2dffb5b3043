import type { Json } from "../../../harness/history/operation.ts";
import { evaluate } from "./key-value.ts";
import type { Service } from "./service.ts";

/** A linearizable key-value store: one map, one request at a time. */
export function linKv(): Service {
  const values = new Map<string, Json>();
  return {
    answer(_client, request) {
      const { answer, change } = evaluate(request, (key) => values.get(key));
      if (change !== undefined) values.set(change.key, change.value);
      return answer;
    },
  };
}
