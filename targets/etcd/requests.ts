import { canonicalJson, type Json, type Key } from "../../harness/history/index.ts";

/** A question to the gateway. */
export interface Request {
  readonly path: string;
  readonly body: unknown;
}

/** The key of workloads that have only one. */
const ONLY_KEY = "register";

/**
 * Values are stored as JSON text, in one form for equal values, so that etcd can compare them byte by byte. `null` is
 * the absence of the key, as it is before the first write.
 */
export function readRequest(key: Key | undefined, { serializable }: { serializable: boolean }): Request {
  return {
    path: "/v3/kv/range",
    body: { key: keyText(key), ...(serializable ? { serializable: true } : {}) },
  };
}

export function writeRequest(key: Key | undefined, value: Json): Request {
  return value === null
    ? { path: "/v3/kv/deleterange", body: { key: keyText(key) } }
    : { path: "/v3/kv/put", body: { key: keyText(key), value: valueText(value) } };
}

/** A transaction that writes `to` if the value is `from`. Its answer says `succeeded` if it was. */
export function casRequest(key: Key | undefined, from: Json, to: Json): Request {
  const name = keyText(key);
  const isFrom =
    from === null
      ? { key: name, target: "VERSION", result: "EQUAL", version: "0" }
      : { key: name, target: "VALUE", result: "EQUAL", value: valueText(from) };
  const write =
    to === null
      ? { request_delete_range: { key: name } }
      : { request_put: { key: name, value: valueText(to) } };
  return { path: "/v3/kv/txn", body: { compare: [isFrom], success: [write] } };
}

/** The value in the answer to a read. Throws where there is one that these requests did not store. */
export function valueRead(answer: Readonly<Record<string, unknown>>): Json {
  const { kvs } = answer;
  if (!Array.isArray(kvs) || kvs.length === 0) return null;
  const [kv]: unknown[] = kvs;
  if (typeof kv !== "object" || kv === null) throw new TypeError("a key without its value");
  // A value of no bytes is left out.
  const text =
    "value" in kv && typeof kv.value === "string" ? Buffer.from(kv.value, "base64").toString() : "";
  return JSON.parse(text) as Json;
}

/** etcd's keys are bytes. A number and its digits are one key. */
function keyText(key: Key | undefined): string {
  return base64(String(key ?? ONLY_KEY));
}

function valueText(value: Json): string {
  return base64(canonicalJson(value));
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
