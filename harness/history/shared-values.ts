import { invariant } from "../errors.ts";
import type { Json } from "./operation.ts";
import { sharedBuffer } from "./shared-buffer.ts";
import type { Values } from "./value-table.ts";

/** Values as bytes that several threads can read: what can be posted to a worker without a copy. */
export interface SharedValues {
  /** By number of the value: the value, or NaN where it has a text. */
  readonly numbers: Float64Array;
  /** By number of the value: where its text begins, and at the end of all where the last one ends. */
  readonly starts: Uint32Array;
  /** JSON texts, one after the other; only ASCII, the rest is escaped. */
  readonly texts: Uint8Array;
}

/** Values kept unfolded by a reader; a power of two. */
const CACHE_SIZE = 4096;
/** Characters that are made into a string at once: more arguments a call may not have. */
const CHUNK_LENGTH = 4096;

/** Cost: O(size of all values), twice; 12 bytes a value and one for each character of its JSON. */
export function shareValues(values: Values): SharedValues {
  const numbers = new Float64Array(sharedBuffer(values.size * 8)).fill(Number.NaN);
  const starts = new Uint32Array(sharedBuffer((values.size + 1) * 4));
  let length = 0;
  for (let id = 0; id < values.size; id++) {
    starts[id] = length;
    const text = values.text(id);
    if (text === undefined) numbers[id] = values.get(id) as number;
    else length += ascii(text).length;
  }
  invariant(length < 2 ** 32, `${length} characters of values are more than 32 bits can address`);
  starts[values.size] = length;
  const texts = new Uint8Array(sharedBuffer(length));
  for (let id = 0; id < values.size; id++) {
    const text = values.text(id);
    if (text === undefined) continue;
    const escaped = ascii(text);
    const start = starts[id] as number;
    for (let at = 0; at < escaped.length; at++) texts[start + at] = escaped.charCodeAt(at);
  }
  return { numbers, starts, texts };
}

/** A reader of shared values. Numbers are read in O(1); the rest is parsed, and the last ones asked for are kept. */
export function openSharedValues({ numbers, starts, texts }: SharedValues): Values {
  const cachedIds = new Int32Array(CACHE_SIZE).fill(-1);
  const cached: Json[] = [];
  const text = (id: number): string | undefined => {
    const end = starts[id + 1] as number;
    let found = "";
    for (let at = starts[id] as number; at < end; at += CHUNK_LENGTH) {
      found += String.fromCharCode(...texts.subarray(at, Math.min(end, at + CHUNK_LENGTH)));
    }
    return found === "" ? undefined : found;
  };
  return {
    size: numbers.length,
    text,
    get(id) {
      const number = numbers[id] as number;
      if (!Number.isNaN(number)) return number;
      const slot = id & (CACHE_SIZE - 1);
      if (cachedIds[slot] === id) return cached[slot] as Json;
      const value = JSON.parse(text(id) as string) as Json;
      cachedIds[slot] = id;
      cached[slot] = value;
      return value;
    },
  };
}

const OTHERS = /[\u0080-\uffff]/g;

function ascii(json: string): string {
  return json.replace(OTHERS, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
