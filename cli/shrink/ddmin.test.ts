import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { ddmin } from "./ddmin.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

async function minimized(count: number, needed: readonly number[]) {
  let asked = 0;
  const kept = await ddmin(upTo(count), async (part) => {
    asked++;
    return needed.every((item) => part.includes(item));
  });
  return { kept, asked };
}

describe("what is left of a list", () => {
  test.prop([fc.integer({ min: 0, max: 60 }), fc.array(fc.nat(59), { maxLength: 6 })])(
    "is what is needed, in its order",
    async (count, wanted) => {
      const needed = [...new Set(wanted)].filter((item) => item < count).sort((a, b) => a - b);
      expect((await minimized(count, needed)).kept).toEqual(needed);
    },
  );

  test.prop([fc.array(fc.boolean(), { minLength: 1, maxLength: 200 })])(
    "is never what does not hold, and nothing can be left out of it alone",
    async (row) => {
      // Any three of the marked ones will do.
      const marked = upTo(row.length).filter((at) => row[at]);
      fc.pre(marked.length >= 3);
      const holds = (part: readonly number[]) => part.filter((item) => row[item]).length >= 3;
      const kept = await ddmin(upTo(row.length), async (part) => holds(part));
      expect(kept).toHaveLength(3);
      expect(holds(kept)).toBe(true);
    },
  );

  test("of many items of which few matter takes few questions", async () => {
    const { asked } = await minimized(1_000, [17, 500, 981]);
    expect(asked).toBeLessThan(120);
  });
});
