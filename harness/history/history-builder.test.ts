import { describe, expect, test } from "vitest";
import { HistoryBuilder, type NewEvent } from "./history-builder.ts";
import type { EventType, Json, Process } from "./operation.ts";

function event(
  type: EventType,
  process: Process,
  f: string,
  value: Json = null,
  rest: Partial<NewEvent> = {},
) {
  return { time: 0, type, process, f, value, ...rest };
}

function build(events: readonly NewEvent[]) {
  const builder = new HistoryBuilder(1);
  for (const each of events) {
    expect(builder.misfit(each)).toBeUndefined();
    builder.add(each);
  }
  return builder.finish();
}

describe("HistoryBuilder joins invocations with completions", () => {
  //  p0  |--w 1--|
  //  p1     |--r → 1--|
  //  p2         |--cas …
  const history = build([
    event("invoke", 0, "write", 1, { time: 10, key: "x" }),
    event("invoke", 1, "read", null, { time: 20, key: "x" }),
    event("ok", 0, "write", 1, { time: 30, key: "x", node: "n1" }),
    event("invoke", 2, "cas", [1, 2], { time: 40, key: "y" }),
    event("ok", 1, "read", 1, { time: 50, node: "n2" }),
  ]);

  test("in order of invocation", () => {
    expect([...history.operations()]).toEqual([
      {
        id: 0,
        process: 0,
        f: "write",
        key: "x",
        input: 1,
        invokeIndex: 0,
        invokeTimeNs: 10,
        type: "ok",
        output: 1,
        completeIndex: 2,
        completeTimeNs: 30,
        node: "n1",
      },
      {
        id: 1,
        process: 1,
        f: "read",
        key: "x",
        input: null,
        invokeIndex: 1,
        invokeTimeNs: 20,
        type: "ok",
        output: 1,
        completeIndex: 4,
        completeTimeNs: 50,
        node: "n2",
      },
      { id: 2, process: 2, f: "cas", key: "y", input: [1, 2], invokeIndex: 3, invokeTimeNs: 40 },
    ]);
  });

  test("and counts both", () => {
    expect([history.length, history.eventCount]).toEqual([3, 5]);
    expect(history.names).toMatchObject({
      functions: ["write", "read", "cas"],
      keys: ["x", "y"],
      nodes: ["n1", "n2"],
    });
  });
});

describe("HistoryBuilder", () => {
  test("lets a process go on after ok and fail, and another after info", () => {
    const history = build([
      event("invoke", 0, "write", 1),
      event("fail", 0, "write", 1, { error: { code: "refused", message: "not the leader" } }),
      event("invoke", 0, "write", 2),
      event("info", 0, "write", 2, { error: { code: "timeout", message: "after 100 ms" } }),
      event("invoke", 5, "read"),
    ]);
    expect([...history.operations()].map(({ type, error }) => [type, error?.code])).toEqual([
      ["fail", "refused"],
      ["info", "timeout"],
      [undefined, undefined],
    ]);
  });

  test("tells apart keys of different types and errors of different texts", () => {
    const error = (message: string) => ({ error: { code: "timeout", message } });
    const history = build([
      event("invoke", 0, "write", 1, { key: 1 }),
      event("invoke", 1, "write", 1, { key: "1" }),
      event("info", 0, "write", 1, error("after 1 ms")),
      event("info", 1, "write", 1, error("after 2 ms")),
    ]);
    expect(history.names.keys).toEqual([1, "1"]);
    expect(history.names.errors.map(({ message }) => message)).toEqual(["after 1 ms", "after 2 ms"]);
  });

  test("takes a note of the nemesis, an info without invocation, as an operation of one event", () => {
    const history = build([event("info", "nemesis", "start", "n1"), event("info", "nemesis", "stop")]);
    expect(history.eventCount).toBe(2);
    expect(
      [...history.operations()].map((o) => [o.process, o.f, o.type, o.invokeIndex, o.completeIndex]),
    ).toEqual([
      ["nemesis", "start", "info", 0, 0],
      ["nemesis", "stop", "info", 1, 1],
    ]);
  });

  test("a finished history does not change when the builder goes on", () => {
    const builder = new HistoryBuilder();
    builder.add(event("invoke", 0, "write", 1, { key: "x" }));
    const early = builder.finish();
    builder.add(event("ok", 0, "write", 1));
    builder.add(event("invoke", 0, "read", null, { key: "y" }));
    expect([early.length, early.eventCount, early.operation(0).type, early.names.keys]).toEqual([
      1,
      1,
      undefined,
      ["x"],
    ]);
    expect(builder.finish().length).toBe(2);
  });

  test("keeps every row while it grows", () => {
    const history = build(
      Array.from({ length: 3000 }, (_, i) => event("invoke", i, "write", i, { time: i, key: i % 7 })),
    );
    expect(
      [...history.operations()].every((o, i) => o.input === i && o.process === i && o.key === i % 7),
    ).toBe(true);
  });

  test("columns lie in memory that workers can share", () => {
    const { columns } = build([event("invoke", 0, "read")]);
    for (const column of Object.values(columns)) expect(column.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe("what does not fit", () => {
  const open = () => {
    const builder = new HistoryBuilder();
    builder.add(event("invoke", 0, "write", 1, { key: "x" }));
    return builder;
  };

  test("a second invocation of a process", () => {
    expect(open().misfit(event("invoke", 0, "read"))).toEqual({
      code: "double-invocation",
      message: "process 0 invokes read while its write of event 0 is open",
    });
    expect(open().misfit(event("invoke", 1, "read"))).toBeUndefined();
  });

  test("a completion of nothing", () => {
    expect(open().misfit(event("ok", 1, "read"))).toEqual({
      code: "completion-without-invocation",
      message: "process 1 completes read with ok, but has no open invocation",
    });
    expect(open().misfit(event("ok", "nemesis", "heal"))?.code).toBe("completion-without-invocation");
  });

  test("a completion of another operation or of another key", () => {
    expect(open().misfit(event("ok", 0, "read"))?.code).toBe("mismatched-completion");
    expect(open().misfit(event("ok", 0, "write", 1, { key: "y" }))).toEqual({
      code: "mismatched-completion",
      message: 'process 0 completes write of key "y", but what it invoked is write of key "x"',
    });
    expect(open().misfit(event("ok", 0, "write"))).toBeUndefined();
  });

  test("is refused as a bug where the caller did not ask", () => {
    expect(() => open().add(event("ok", 1, "read"))).toThrow("event 1 completes nothing");
  });
});
