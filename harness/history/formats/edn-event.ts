import type { EdnCursor } from "../edn/edn-cursor.ts";
import { EdnIncomplete } from "../edn/edn-error.ts";
import type { Json } from "../operation.ts";
import { checkEvent, type LinePosition } from "../parse-event.ts";
import type { JepsenEvent } from "./jepsen-events.ts";

const INCOMPLETE = new EdnIncomplete("the text ends inside an event");

/**
 * The event at the cursor: a map, with or without a record's tag. Members that are not known are passed over.
 *
 * Errors: those of {@link checkEvent} and of the cursor.
 */
export function readEdnEvent(cursor: EdnCursor, at: LinePosition): JepsenEvent {
  openMap(cursor);
  // One variable each: an object that is filled by name would cost more than all the rest.
  let index: Json | undefined;
  let time: Json | undefined;
  let type: Json | undefined;
  let process: Json | undefined;
  let f: Json | undefined;
  let key: Json | undefined;
  let value: Json | undefined;
  let node: Json | undefined;
  let error: Json | undefined;
  let holdsSet = false;
  for (;;) {
    const code = cursor.next();
    if (code === 0x7d) break;
    const memberAt = cursor.at;
    const name = memberName(cursor, code);
    switch (name) {
      case "type":
        type = once(type, cursor.loose(), cursor, memberAt);
        break;
      case "process":
        process = once(process, cursor.loose(), cursor, memberAt);
        break;
      case "f":
        f = once(f, cursor.loose(), cursor, memberAt);
        break;
      case "value":
        cursor.sawSet = false;
        value = once(value, cursor.value(), cursor, memberAt);
        holdsSet = cursor.sawSet;
        break;
      case "key":
        key = once(key, cursor.value(), cursor, memberAt);
        break;
      case "index":
        index = once(index, cursor.loose(), cursor, memberAt);
        break;
      case "time":
        time = once(time, cursor.loose(), cursor, memberAt);
        break;
      case "node":
        node = once(node, cursor.loose(), cursor, memberAt);
        break;
      case "error":
        error = once(error, cursor.loose(), cursor, memberAt);
        break;
      default:
        cursor.loose();
    }
  }
  cursor.at++;
  const record = {
    index: orNone(index),
    time: orNone(time),
    type,
    process,
    f,
    key: key ?? undefined,
    value,
    error: error === undefined || error === null ? undefined : jepsenError(error),
    node: typeof node === "string" ? node : undefined,
  };
  return { event: checkEvent(record, at), hasKey: key !== undefined, holdsSet };
}

/** Goes into the event's map; what a record is called does not matter. */
function openMap(cursor: EdnCursor): void {
  let code = cursor.next();
  if (code === 0x23) {
    cursor.tag();
    code = cursor.next();
    if (Number.isNaN(code)) throw INCOMPLETE;
  }
  if (code !== 0x7b) throw cursor.malformed(`expected the map of an event, found ${cursor.found()}`);
  cursor.at++;
}

/** The name of a member, whose value comes next. */
function memberName(cursor: EdnCursor, code: number): string {
  if (Number.isNaN(code)) throw INCOMPLETE;
  if (code !== 0x3a) {
    throw cursor.malformed(`expected a keyword such as :type or }, found ${cursor.found()}`);
  }
  const start = cursor.at;
  const name = cursor.keyword();
  if (cursor.next() === 0x7d) throw cursor.malformed(`the key :${name} has no value`, start);
  return name;
}

/** A member that no event has twice. */
function once(before: Json | undefined, found: Json, cursor: EdnCursor, at: number): Json {
  if (before === undefined) return found;
  throw cursor.malformed("an event holds the same key twice", at);
}

/** Jepsen's records say -1 where there is no index and no time. */
function orNone(found: Json | undefined): Json | undefined {
  return found === null || found === -1 ? undefined : found;
}

/** Jepsen's errors are keywords, texts, or vectors that begin with a keyword. */
export function jepsenError(found: Json): Json {
  if (Array.isArray(found) && typeof found[0] === "string") {
    return { code: found[0], message: found.length === 1 ? found[0] : JSON.stringify(found) };
  }
  return found;
}
