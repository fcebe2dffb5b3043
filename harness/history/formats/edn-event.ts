import type { EdnCursor } from "../edn/edn-cursor.ts";
import { EdnIncomplete } from "../edn/edn-error.ts";
import type { Json } from "../operation.ts";
import { checkEvent, type EventRecord, type LinePosition } from "../parse-event.ts";
import type { JepsenEvent } from "./jepsen-events.ts";

type MutableRecord = { -readonly [Name in keyof EventRecord]: EventRecord[Name] };

const INCOMPLETE = new EdnIncomplete("the text ends inside an event");

/**
 * The event at the cursor: a map, with or without a record's tag. Members that are not known are passed over.
 *
 * Errors: those of {@link checkEvent} and of the cursor.
 */
export function readEdnEvent(cursor: EdnCursor, at: LinePosition): JepsenEvent {
  openMap(cursor);
  const record: MutableRecord = {};
  let holdsSet = false;
  let hasKey = false;
  for (;;) {
    const code = cursor.next();
    if (code === 0x7d) break;
    if (Number.isNaN(code)) throw INCOMPLETE;
    const memberAt = cursor.at;
    if (code !== 0x3a) {
      throw cursor.malformed(`expected a keyword such as :type or }, found ${cursor.found()}`);
    }
    const name = cursor.keyword();
    if (cursor.next() === 0x7d) throw cursor.malformed(`the key :${name} has no value`, memberAt);
    if (!isMember(name)) {
      cursor.loose();
      continue;
    }
    if (record[name] !== undefined) throw cursor.malformed(`an event holds :${name} twice`, memberAt);
    if (name === "value") {
      cursor.sawSet = false;
      record.value = cursor.value();
      holdsSet = cursor.sawSet;
    } else if (name === "key") {
      record.key = cursor.value() ?? undefined;
      hasKey = true;
    } else record[name] = member(name, cursor.loose());
  }
  cursor.at++;
  return { ...checkEvent(record, at), hasKey, holdsSet };
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

const MEMBERS: Readonly<Record<keyof EventRecord, true>> = {
  index: true,
  time: true,
  type: true,
  process: true,
  f: true,
  key: true,
  value: true,
  error: true,
  node: true,
};

function isMember(name: string): name is keyof EventRecord {
  return Object.hasOwn(MEMBERS, name);
}

/** A member with Jepsen's meaning in the form of ours. */
function member(name: Exclude<keyof EventRecord, "value" | "key">, found: Json): unknown {
  switch (name) {
    case "index":
    case "time":
      // Jepsen's records say -1 where there is none.
      return found === null || found === -1 ? undefined : found;
    case "node":
      return typeof found === "string" ? found : undefined;
    case "error":
      return found === null ? undefined : jepsenError(found);
    case "type":
    case "process":
    case "f":
      return found;
  }
}

/** Jepsen's errors are keywords, texts, or vectors that begin with a keyword. */
export function jepsenError(found: Json): Json {
  if (Array.isArray(found) && typeof found[0] === "string") {
    return { code: found[0], message: found.length === 1 ? found[0] : JSON.stringify(found) };
  }
  return found;
}
