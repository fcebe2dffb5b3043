import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { formatEvent } from "./format-event.ts";
import type { HistoryEvent, Json } from "./operation.ts";

test("lines have the members in the order of the record, and only those that are there", () => {
  const base = { index: 1, time: 2250000, type: "ok", process: 0, f: "write", value: 3 } as const;
  expect(formatEvent(base)).toBe(
    '{"index":1,"time":2250000,"type":"ok","process":0,"f":"write","value":3}\n',
  );
  expect(
    formatEvent({ error: { message: "m", code: "c" }, node: "n1", key: "x", ...base, process: "nemesis" }),
  ).toBe(
    '{"index":1,"time":2250000,"type":"ok","process":"nemesis","f":"write","key":"x","value":3,"node":"n1","error":{"code":"c","message":"m"}}\n',
  );
});

const text = fc.string({ unit: "binary" });
const event: fc.Arbitrary<HistoryEvent> = fc.record(
  {
    index: fc.nat(),
    time: fc.maxSafeNat(),
    type: fc.constantFrom("invoke", "ok", "fail", "info"),
    process: fc.oneof(fc.nat(), fc.constant<"nemesis">("nemesis")),
    f: text,
    key: fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true })),
    value: fc.jsonValue() as fc.Arbitrary<Json>,
    node: text,
    error: fc.record({ code: text, message: text }),
  },
  { requiredKeys: ["index", "time", "type", "process", "f", "value"] },
);

property.prop([event])("a line is what JSON.stringify makes of the record, on one line", (each) => {
  const { index, time, type, process, f, key, value, node, error } = each;
  const ordered = {
    index,
    time,
    type,
    process,
    f,
    key,
    value,
    node,
    error: error && { code: error.code, message: error.message },
  };
  expect(formatEvent(each)).toBe(`${JSON.stringify(ordered)}\n`);
  expect(formatEvent(each).indexOf("\n")).toBe(formatEvent(each).length - 1);
});
