import type { Json } from "../../../harness/history/operation.ts";
import { canonicalJson } from "../../../harness/history/value-table.ts";
import type { MessageBody } from "../message.ts";

/** Reads one key of some state; undefined where it is not there. */
export type Lookup = (key: string) => Json | undefined;

/** What a request comes to: an answer, and the value that it puts under a key, where it changes anything. */
export interface Evaluated {
  readonly answer: MessageBody;
  readonly change?: { readonly key: string; readonly value: Json };
}

/**
 * The requests of every key-value service: `read`, `write` and `cas` with `create_if_not_exists`. A write of what is there
 * changes nothing (Maelstrom, doc/services.md; service.clj, PersistentKV).
 */
export function evaluate(request: MessageBody, lookup: Lookup): Evaluated {
  const { type, key: given } = request;
  if (type !== "read" && type !== "write" && type !== "cas") {
    return refusal(10, `this service has read, write and cas, and no ${JSON.stringify(type)}`);
  }
  if (given === undefined) return refusal(12, `a ${type} names a key`);
  const key = canonicalJson(given);
  const current = lookup(key);
  switch (type) {
    case "read":
      return current === undefined ? absent(key) : { answer: { type: "read_ok", value: current } };
    case "write": {
      const { value } = request;
      if (value === undefined) return refusal(12, "a write has a value");
      return { answer: { type: "write_ok" }, ...changeOf(key, current, value) };
    }
    case "cas": {
      const { from, to, create_if_not_exists: create } = request;
      if (from === undefined || to === undefined) return refusal(12, "a cas has from and to");
      if (current === undefined && create !== true) return absent(key);
      if (current !== undefined && canonicalJson(current) !== canonicalJson(from)) {
        return refusal(22, `the value is ${JSON.stringify(current)}, not ${JSON.stringify(from)}`);
      }
      return { answer: { type: "cas_ok" }, ...changeOf(key, current, to) };
    }
  }
}

function changeOf(key: string, current: Json | undefined, value: Json): Pick<Evaluated, "change"> {
  const same = current !== undefined && canonicalJson(current) === canonicalJson(value);
  return same ? {} : { change: { key, value } };
}

function absent(key: string): Evaluated {
  return refusal(20, `there is no key ${key}`);
}

function refusal(code: number, text: string): Evaluated {
  return { answer: { type: "error", code, text } };
}
