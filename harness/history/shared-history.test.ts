import { expect, test } from "vitest";
import { HistoryBuilder } from "./history-builder.ts";
import { historyEvents } from "./history-events.ts";
import type { Json } from "./operation.ts";
import { openSharedHistory, shareHistory } from "./shared-history.ts";

const VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -7,
  0.25,
  2 ** 53 - 1,
  "",
  "plain",
  'quotes " and \\ and \n',
  "Zürich, 東京, 🦀",
  "\u2028",
  "\ud800",
  [],
  {},
  [1, null, "two", [3]],
  { b: 1, a: ["ü", { z: null, y: "\udc00" }] },
  "x".repeat(20_000),
];

function historyOfValues(values: readonly Json[]) {
  const builder = new HistoryBuilder();
  for (const [process, value] of values.entries()) {
    builder.add({ time: process, type: "invoke", process, f: "write", key: `k${process % 2}`, value });
    builder.add({ time: process, type: "ok", process, f: "write", value, node: "n1" });
  }
  return builder.finish();
}

test("a shared history, posted to another thread, reads like the history that it was made of", () => {
  const history = historyOfValues(VALUES);
  const posted = openSharedHistory(structuredClone(shareHistory(history)));
  expect([...historyEvents(posted)]).toEqual([...historyEvents(history)]);
  expect(posted.length).toBe(history.length);
});

test("every value comes back under its number, with its text, however often it is asked for", () => {
  const { values } = historyOfValues(VALUES);
  const shared = openSharedHistory(shareHistory(historyOfValues(VALUES))).values;
  expect(shared.size).toBe(values.size);
  for (let id = 0; id < values.size; id++) {
    expect(shared.get(id)).toEqual(values.get(id));
    expect(shared.get(id)).toEqual(values.get(id));
    const text = shared.text(id);
    if (text === undefined) expect(typeof values.get(id)).toBe("number");
    else expect(JSON.parse(text)).toEqual(JSON.parse(values.text(id) as string));
  }
});

test("more values than a reader keeps unfolded are read all the same", () => {
  const many = Array.from({ length: 10_000 }, (_, n): Json => (n % 3 === 0 ? n : [n, `v${n}`]));
  const { values } = openSharedHistory(shareHistory(historyOfValues(many)));
  for (const [id, value] of many.entries()) expect(values.get(id)).toEqual(value);
  expect(values.get(1)).toEqual([1, "v1"]);
});

test("columns and values are shared, not copied", () => {
  const shared = shareHistory(historyOfValues(VALUES));
  for (const array of [...Object.values(shared.columns), ...Object.values(shared.values)]) {
    expect((array as Int32Array).buffer).toBeInstanceOf(SharedArrayBuffer);
  }
});

test("a history without events can be shared", () => {
  expect(openSharedHistory(shareHistory(new HistoryBuilder().finish())).length).toBe(0);
});
