import { describe, expect, test } from "vitest";
import { createModel, describeOperation, type Model, type ModelOperation, models } from "./index.ts";

const ok = (f: string, input: ModelOperation["input"], output = input): ModelOperation => {
  return { f, input, output, type: "ok" };
};

describe("cas-register", () => {
  const model = createModel("cas-register", { init: 0, failedCas: "observed" });

  test("reads what was written, and says why another answer is impossible", () => {
    expect(model.step(0, ok("write", 3))).toEqual({ state: 3 });
    expect(model.step(3, ok("read", null, 3))).toEqual({ state: 3 });
    expect(model.step(3, ok("read", null, 4))).toEqual({ rejected: "the register holds 3, not 4" });
  });

  test("sets only where the comparison is true", () => {
    expect(model.step(3, ok("cas", [3, 9]))).toEqual({ state: 9 });
    expect(model.step(4, ok("cas", [3, 9]))).toEqual({ rejected: "the register holds 4, not 3" });
    const failed: ModelOperation = { f: "cas", input: [3, 9], type: "fail" };
    expect(model.step(4, failed)).toEqual({ state: 4 });
    expect(model.step(3, failed)).toEqual({ rejected: "the register holds 3, so the comparison is true" });
  });

  test("calls pure what changes no state", () => {
    const pure = (operation: ModelOperation) => model.isPure?.(operation);
    expect([ok("read", null, 1), ok("cas", [2, 2])].map(pure)).toEqual([true, true]);
    expect([ok("write", 1), ok("cas", [1, 2])].map(pure)).toEqual([false, false]);
  });
});

describe("the registry", () => {
  test("names every model as the model names itself, with the operations that it knows", () => {
    for (const [name, entry] of Object.entries(models)) {
      const model = entry.create({});
      expect(model.name).toBe(name);
      expect(Object.keys(entry.operations)).toEqual(Object.keys(model.operations ?? {}));
    }
  });

  test("does not know every name", () => {
    expect(() => createModel("toString")).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: there is no model "toString"]`,
    );
  });

  test("refuses an option that has no meaning for a model, and ignores one that is absent", () => {
    expect(() => createModel("register", { failedCas: "observed" })).toThrowErrorMatchingInlineSnapshot(
      `[UsageError: --failed-cas means nothing to the model register]`,
    );
    expect(createModel("register", {}).init).toBe(null);
  });
});

test("an operation is put into words also where the model has none", () => {
  const plain: Model = {
    name: "plain",
    object: "thing",
    operations: { poke: {} },
    partition: "whole",
    init: 0,
    step: (state) => ({ state }),
  };
  expect(describeOperation(plain, ok("poke", 1, 2), "k")).toBe("poke k 1 → 2");
  expect(describeOperation(plain, { f: "poke", input: [1], type: "info" }, undefined)).toBe("poke [1]");
});
