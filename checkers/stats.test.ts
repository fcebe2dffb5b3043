import { describe, expect, test } from "vitest";
import { readHistoryText } from "../harness/history/index.ts";
import { stats } from "./stats.ts";

const history = (...lines: object[]) =>
  readHistoryText(lines.map((line) => JSON.stringify({ f: "write", value: 1, ...line })).join("\n"), "test")
    .history;
const invoke = (process: number | string, f = "write") => ({ type: "invoke", process, f });
const done = (type: string, process: number | string, f = "write", code?: string) => ({
  type,
  process,
  f,
  ...(code === undefined ? {} : { error: { code, message: `${code} ${process}` } }),
});

describe("stats", () => {
  test("counts by kind and ending; what never completed counts as info", () => {
    const found = stats(
      history(
        invoke(0),
        done("ok", 0),
        invoke(0),
        done("fail", 0, "write", "refused"),
        invoke(0),
        done("info", 0, "write", "timeout"),
        invoke(1),
        done("info", 1, "write", "timeout"),
        invoke(2, "read"),
        done("ok", 2, "read"),
        invoke(3, "read"),
      ),
    );
    expect(found).toEqual({
      load: {
        total: { ok: 2, fail: 1, info: 3 },
        operations: { write: { ok: 1, fail: 1, info: 2 }, read: { ok: 1, fail: 0, info: 1 } },
        errors: { refused: 1, timeout: 2 },
      },
    });
  });

  test("the invocation of final-heal divides load from recovery; what it overlaps belongs to the load", () => {
    //  p0  |---- w ----|
    //  nemesis  |-final-heal-|
    //  p1           |- r -|
    const found = stats(
      history(
        invoke(0),
        invoke("nemesis", "final-heal"),
        invoke(1, "read"),
        done("ok", 0),
        done("ok", 1, "read"),
        done("ok", "nemesis", "final-heal"),
      ),
    );
    expect(found.load.operations).toEqual({ write: { ok: 1, fail: 0, info: 0 } });
    expect(found.recovery?.operations).toEqual({ read: { ok: 1, fail: 0, info: 0 } });
  });

  test("a recovery in which nothing happened is there, and empty", () => {
    const found = stats(history(invoke(0), invoke("nemesis", "final-heal")));
    expect(found.recovery).toEqual({ total: { ok: 0, fail: 0, info: 0 }, operations: {}, errors: {} });
  });

  test("the nemesis is not counted, and a client's final-heal divides nothing", () => {
    const found = stats(
      history(
        invoke("nemesis", "partition"),
        done("fail", "nemesis", "partition", "broken"),
        invoke(0, "final-heal"),
        invoke(1),
      ),
    );
    expect(found).toEqual({
      load: {
        total: { ok: 0, fail: 0, info: 2 },
        operations: { "final-heal": { ok: 0, fail: 0, info: 1 }, write: { ok: 0, fail: 0, info: 1 } },
        errors: {},
      },
    });
  });
});
