import type { HistoryEvent, Json } from "./operation.ts";

/**
 * One event as a line of `history.jsonl`, line feed included, members in the order of the record's definition.
 * Built by hand: it runs once an event, inside the loop that measures the store. Cost: O(size of the value).
 */
export function formatEvent(event: HistoryEvent): string {
  const process = event.process === "nemesis" ? '"nemesis"' : event.process;
  let line = `{"index":${event.index},"time":${event.time},"type":"${event.type}","process":${process}`;
  line += `,"f":${JSON.stringify(event.f)}`;
  if (event.key !== undefined) line += `,"key":${JSON.stringify(event.key)}`;
  line += `,"value":${formatValue(event.value)}`;
  if (event.node !== undefined) line += `,"node":${JSON.stringify(event.node)}`;
  if (event.error !== undefined) {
    const { code, message } = event.error;
    line += `,"error":{"code":${JSON.stringify(code)},"message":${JSON.stringify(message)}}`;
  }
  return `${line}}\n`;
}

function formatValue(value: Json): string {
  // Numbers are most of what registers hold, and are their own JSON.
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
