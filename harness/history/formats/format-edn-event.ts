import type { HistoryEvent, Json } from "../operation.ts";

/** Names that EDN can write as keywords, and that come back the same. */
const KEYWORD = /^[A-Za-z][\w.*+!?<>=-]*$/;

/**
 * One event as a line of EDN, line feed included. Strings stay strings, and so nothing is lost: whoever reads the line
 * gets the same event.
 */
export function formatEdnEvent(event: HistoryEvent): string {
  const { index, time, type, process, f, key, value, node, error } = event;
  let line = `{:index ${index}, :time ${time}, :type :${type}, :process ${process === "nemesis" ? ":nemesis" : process}`;
  line += `, :f ${KEYWORD.test(f) ? `:${f}` : JSON.stringify(f)}`;
  if (key !== undefined) line += `, :key ${formatEdn(key)}`;
  // Without a key a pair would look like a tuple of jepsen.independent.
  else if (Array.isArray(value) && value.length === 2) line += ", :key nil";
  line += `, :value ${formatEdn(value)}`;
  if (node !== undefined) line += `, :node ${JSON.stringify(node)}`;
  if (error !== undefined) {
    line += `, :error {:code ${JSON.stringify(error.code)}, :message ${JSON.stringify(error.message)}}`;
  }
  return `${line}}\n`;
}

function formatEdn(value: Json): string {
  if (value === null) return "nil";
  // The escapes of JSON are a part of those of EDN, and so are its numbers.
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(formatEdn).join(" ")}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)} ${formatEdn(member)}`,
  );
  return `{${members.join(", ")}}`;
}
