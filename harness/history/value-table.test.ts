import { isDeepStrictEqual } from "node:util";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { Json } from "./operation.ts";
import { canonicalJson, ValueTable } from "./value-table.ts";

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
/** Few enough to collide often. */
const small = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, true, false, 0, 1, "", "1", "null"),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b", "1", "__proto__"), tie("value"), { maxKeys: 2 }),
  ),
})).value;

/** Equality of JSON values: 0 and -0 are one number there. */
function equal(a: Json, b: Json): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}

describe("ValueTable", () => {
  property.prop([fc.array(small, { maxLength: 40 })])(
    "gives equal values, and only those, one number",
    (values) => {
      const table = new ValueTable();
      const ids = values.map((value) => table.intern(value));
      values.forEach((a, i) => {
        values.forEach((b, j) => {
          expect(ids[i] === ids[j]).toBe(equal(a, b));
        });
      });
    },
  );

  property.prop([fc.array(json, { maxLength: 20 })])("gives back what it was given", (values) => {
    const table = new ValueTable();
    const ids = values.map((value) => table.intern(value));
    values.forEach((value, i) => {
      expect(equal(table.get(ids[i] as number), value)).toBe(true);
    });
  });

  test("numbers are dense from 0, in order of first appearance", () => {
    const table = new ValueTable();
    expect(["a", [1], "a", null, [1], { x: 1 }].map((value) => table.intern(value))).toEqual([
      0, 1, 0, 2, 1, 3,
    ]);
    expect(table.size).toBe(4);
  });

  test("tells apart what looks alike", () => {
    const table = new ValueTable();
    const alike: Json[] = [1, "1", [1], ["1"], "[1]", null, "null", [null], [], {}, "", false, 0, "{}"];
    expect(new Set(alike.map((value) => table.intern(value))).size).toBe(alike.length);
  });

  test("does not see the order of members, at any depth", () => {
    const table = new ValueTable();
    expect(table.intern([{ a: 1, b: { c: 2, d: 3 } }])).toBe(table.intern([{ b: { d: 3, c: 2 }, a: 1 }]));
    expect(table.intern([1, 2])).not.toBe(table.intern([2, 1]));
  });

  test("keeps a value as it was when it was interned", () => {
    const table = new ValueTable();
    const list = [1, 2];
    const id = table.intern(list);
    list.push(3);
    expect(table.get(id)).toEqual([1, 2]);
  });

  test("gives the right value among more than it keeps unfolded", () => {
    const table = new ValueTable();
    for (let i = 0; i < 5000; i++) table.intern([i]);
    for (const id of [0, 1024, 0, 4999, 903, 4999]) expect(table.get(id)).toEqual([id]);
  });
});

test("canonical text sorts the members of objects", () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  expect(canonicalJson(JSON.parse('{"b":1,"__proto__":2}') as Json)).toBe('{"__proto__":2,"b":1}');
});
