import { EnvironmentError } from "../../harness/errors.ts";
import { excerptOfText } from "./message.ts";
import { MAX_LINE_BYTES, MAX_UNREAD_BYTES } from "./node-process.ts";

/** A line of a node's standard output. */
export interface Line {
  readonly text: string;
  /** Counts from 1, in each run of the node. */
  readonly number: number;
}

const PROTOCOL_HINT =
  "standard output is for messages alone, one JSON object a line; write what is for people to standard error";

/** A node wrote what is no message of its own. */
export function garbage(node: string, line: Line, problem: string): EnvironmentError {
  return new EnvironmentError({
    code: "node-garbage",
    message: `${node} wrote ${problem}: line ${line.number} of its standard output is ${excerptOfText(line.text)}`,
    hint: PROTOCOL_HINT,
  });
}

/** A node wrote a line without end. */
export function lineTooLong(node: string, line: Line): EnvironmentError {
  return new EnvironmentError({
    code: "node-floods",
    message: `${node} wrote a line of more than ${MAX_LINE_BYTES / 2 ** 20} MiB: line ${line.number} of its standard output begins with ${excerptOfText(line.text)}`,
    hint: "end each message with a line feed; send what is large in pieces",
  });
}

/** A node sends more than any protocol needs. */
export function tooManyMessages(node: string, count: number, line: Line): EnvironmentError {
  return new EnvironmentError({
    code: "node-floods",
    message: `${node} sent more than ${count} messages within a second; line ${line.number} of its standard output is ${excerptOfText(line.text)}`,
    hint: "does it send in a loop, or answer answers? Wait between retries; --option max-messages= allows more",
  });
}

/** A node does not read what it is sent. */
export function deaf(node: string): EnvironmentError {
  return new EnvironmentError({
    code: "node-deaf",
    message: `${node} does not read its standard input: ${MAX_UNREAD_BYTES / 2 ** 20} MiB wait for it`,
    hint: "read standard input all the time, also while a request is worked on",
  });
}
