import { jsonProblem } from "../../harness/history/json-value.ts";
import type { Json } from "../../harness/history/operation.ts";

/** The payload of a message. What is in it beside the reserved members is up to whoever speaks. */
export type MessageBody = {
  readonly [name: string]: Json;
};

/** One line on a node's standard input or output (Maelstrom, doc/protocol.md, "Messages"). */
export interface Message {
  readonly src: string;
  readonly dest: string;
  readonly body: MessageBody;
}

/** A line that is no message, and why. */
export interface NoMessage {
  readonly problem: string;
}

const RESERVED_NUMBERS = ["msg_id", "in_reply_to"] as const;

/** Reads one line. Cost: O(length). */
export function parseMessage(line: string): Message | NoMessage {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return { problem: "no JSON" };
  }
  if (!isObject(value)) return { problem: "no JSON object" };
  const { src, dest, body } = value;
  if (typeof src !== "string") return { problem: "a message without a text src" };
  if (typeof dest !== "string") return { problem: "a message without a text dest" };
  if (!isObject(body)) return { problem: "a message whose body is no object" };
  for (const name of RESERVED_NUMBERS) {
    const number = body[name];
    if (number !== undefined && !Number.isSafeInteger(number)) {
      return { problem: `a message whose ${name} is no integer` };
    }
  }
  const unfit = jsonProblem(body);
  return unfit === undefined
    ? { src, dest, body }
    : { problem: `a message that cannot be kept: ${unfit.message}` };
}

function isObject(value: Json | undefined): value is MessageBody {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The longest excerpt of a line in an error. */
const EXCERPT_LENGTH = 120;

/** The beginning of a text, quoted, so that control characters do no harm. */
export function excerptOfText(text: string): string {
  return text.length <= EXCERPT_LENGTH
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, EXCERPT_LENGTH))}…`;
}
