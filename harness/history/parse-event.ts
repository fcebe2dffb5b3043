import { UsageError } from "../errors.ts";
import { jsonProblem } from "./json-value.ts";
import type { EventType, Json, Key, OperationError, Process } from "./operation.ts";

/** One line of a history file, checked by itself. What the line leaves out is `undefined`. */
export interface EventLine {
  readonly index: number | undefined;
  readonly time: number | undefined;
  readonly type: EventType;
  readonly process: Process;
  readonly f: string;
  readonly key: Key | undefined;
  readonly value: Json | undefined;
  readonly error: OperationError | undefined;
  readonly node: string | undefined;
}

/** Where an event stands, for messages. */
export interface LinePosition {
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1, where a line is no measure. */
  readonly column?: number;
  /** What an event looks like in this format. */
  readonly example?: string;
}

const EXAMPLE = '{"index":0,"time":1250000,"type":"invoke","process":0,"f":"write","key":"x","value":3}';
/** Processes stand in a column of 32 bits. */
const MAX_PROCESS = 2 ** 31 - 1;
const EXCERPT_LENGTH = 60;
const MAX_MESSAGE_LENGTH = 500;

/**
 * Reads one line of `history.jsonl`. Members that are not known are ignored.
 *
 * Checked by hand and not by a schema: this runs once an event, and a history has millions. Cost: O(length).
 *
 * Errors: {@link UsageError} `not-json`, `not-an-object`, `bad-type`, `bad-process`, `bad-f`, `bad-key`, `bad-index`,
 * `bad-time`, `bad-node`, `unsafe-number`, `value-too-deep`; nothing else, whatever the text.
 */
export function parseEvent(text: string, at: LinePosition): EventLine {
  return checkEvent(parseObject(text, at), at);
}

/** What stands for an event in a file, before anything is known of it. */
export type EventRecord = { readonly [Name in keyof EventLine]?: unknown };

/** An event, where the members of `record` can be one. Errors: those of {@link parseEvent}. */
export function checkEvent(record: EventRecord, at: LinePosition): EventLine {
  const { index, time, type, process, f, key, value, error, node } = record;
  if (type !== "invoke" && type !== "ok" && type !== "fail" && type !== "info") {
    throw refuse(at, "bad-type", `"type" must be invoke, ok, fail or info, not ${excerptOf(type)}`);
  }
  if (process !== "nemesis" && !(isCount(process) && process <= MAX_PROCESS)) {
    const allowed = `an integer in 0 … ${MAX_PROCESS} or "nemesis"`;
    throw refuse(at, "bad-process", `"process" must be ${allowed}, not ${excerptOf(process)}`);
  }
  if (typeof f !== "string" || f === "") {
    throw refuse(at, "bad-f", `"f" must name the operation, as in "read", not ${excerptOf(f)}`);
  }
  if (key !== undefined) checkKey(key, at);
  if (index !== undefined && !isCount(index)) {
    throw refuse(at, "bad-index", `"index" must be an integer in 0 … 2^53 - 1, not ${excerptOf(index)}`);
  }
  if (time !== undefined && !isCount(time)) {
    throw refuse(
      at,
      "bad-time",
      `"time" must be an integer in 0 … 2^53 - 1, not ${excerptOf(time)}`,
      "count nanoseconds since the run started, or leave the time out: line order then stands for it",
    );
  }
  if (node !== undefined && node !== null && typeof node !== "string") {
    throw refuse(at, "bad-node", `"node" must be a string, not ${excerptOf(node)}`);
  }
  const problem = value === undefined ? undefined : jsonProblem(value);
  if (problem !== undefined) throw refuse(at, problem.code, `"value": ${problem.message}`, problem.hint);
  return {
    index,
    time,
    type,
    process,
    f,
    key: key as Key | undefined,
    value: value as Json | undefined,
    error: error === undefined ? undefined : errorOf(error),
    node: node ?? undefined,
  };
}

/** The error for a line that cannot stand in a history. */
export function refuse(at: LinePosition, code: string, message: string, hint?: string): UsageError {
  const column = at.column === undefined ? "" : `, column ${at.column}`;
  return new UsageError({
    code,
    message: `${at.source}, line ${at.line}${column}: ${clip(message, MAX_MESSAGE_LENGTH)}`,
    hint:
      hint ??
      `${at.example === undefined ? "a line" : "an event"} of a history looks like this: ${at.example ?? EXAMPLE}`,
  });
}

/** The beginning of whatever stood there, as JSON. */
export function excerptOf(found: unknown): string {
  if (found === undefined) return "nothing";
  if (typeof found === "string") return JSON.stringify(clip(found, EXCERPT_LENGTH));
  // A deep array overflows the stack of JSON.stringify; its kind says enough.
  if (Array.isArray(found)) return "an array";
  return typeof found === "object" && found !== null ? "an object" : String(found);
}

function parseObject(text: string, at: LinePosition): EventRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse(at, "not-json", `expected one JSON object, found ${excerptOf(text)}`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw refuse(at, "not-an-object", `expected one JSON object, found ${excerptOf(parsed)}`);
  }
  return parsed;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkKey(key: unknown, at: LinePosition): void {
  if (typeof key === "string") return;
  if (typeof key !== "number") {
    throw refuse(at, "bad-key", `"key" must be a string or a number, not ${excerptOf(key)}`);
  }
  const problem = jsonProblem(key);
  if (problem !== undefined) throw refuse(at, problem.code, `"key": ${problem.message}`, problem.hint);
}

/** Errors decide nothing, and other tools write them in other shapes: whatever stands there becomes one. */
function errorOf(found: unknown): OperationError | undefined {
  if (found === null) return undefined;
  if (typeof found === "string") return { code: found, message: found };
  if (typeof found === "object" && "code" in found && typeof found.code === "string") {
    const message = "message" in found && typeof found.message === "string" ? found.message : found.code;
    return { code: found.code, message };
  }
  return {
    code: "unknown",
    message: jsonProblem(found) === undefined ? JSON.stringify(found) : excerptOf(found),
  };
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
