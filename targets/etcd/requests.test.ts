import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { Json } from "../../harness/history/index.ts";
import { casRequest, readRequest, valueRead, writeRequest } from "./requests.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("a read asks the majority, unless it may be serializable", () => {
  expect(readRequest("x", { serializable: false })).toEqual({
    path: "/v3/kv/range",
    body: { key: base64("x") },
  });
  expect(readRequest("x", { serializable: true }).body).toEqual({ key: base64("x"), serializable: true });
});

test("a workload with one register needs no key", () => {
  expect(readRequest(undefined, { serializable: false }).body).toEqual({ key: base64("register") });
  expect(readRequest(0, { serializable: false }).body).toEqual({ key: base64("0") });
});

test("a write stores JSON text; null takes the key away", () => {
  expect(writeRequest("x", 3)).toEqual({
    path: "/v3/kv/put",
    body: { key: base64("x"), value: base64("3") },
  });
  expect(writeRequest("x", null)).toEqual({ path: "/v3/kv/deleterange", body: { key: base64("x") } });
});

test("a compare-and-set compares the value", () => {
  expect(casRequest("x", 3, 4)).toEqual({
    path: "/v3/kv/txn",
    body: {
      compare: [{ key: base64("x"), target: "VALUE", result: "EQUAL", value: base64("3") }],
      success: [{ request_put: { key: base64("x"), value: base64("4") } }],
    },
  });
});

test("a compare-and-set from or to null compares with, or makes, the absence of the key", () => {
  expect(casRequest("x", null, 4).body).toMatchObject({
    compare: [{ key: base64("x"), target: "VERSION", result: "EQUAL", version: "0" }],
  });
  expect(casRequest("x", 4, null).body).toMatchObject({
    success: [{ request_delete_range: { key: base64("x") } }],
  });
});

test("equal objects have equal texts, whatever the order of their members", () => {
  expect(casRequest("x", { a: 1, b: 2 }, 0)).toEqual(casRequest("x", { b: 2, a: 1 }, 0));
});

test("a key that is absent reads as null", () => {
  expect(valueRead({ header: {} })).toBeNull();
  expect(valueRead({ kvs: [] })).toBeNull();
});

test("a value that assay did not write is not read as something else", () => {
  expect(() => valueRead({ kvs: [{ value: base64("{") }] })).toThrow(SyntaxError);
  expect(() => valueRead({ kvs: [{}] })).toThrow(SyntaxError);
});

propertyTest.prop([fc.jsonValue()])("what is written is what is read", (json) => {
  // A trip through JSON makes of -0 what every JSON store makes of it.
  const value = JSON.parse(JSON.stringify(json)) as Json;
  const { body } = writeRequest("x", value);
  expect(valueRead(value === null ? {} : { kvs: [body] })).toEqual(value);
});
