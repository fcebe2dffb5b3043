import { describe, expect, it } from "vitest";
import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import { asker } from "../testing/machine-request.ts";
import { Offices } from "./leader-election.ts";

const PATIENCE_NS = 500 * NS_PER_MS;

function offices(...bugs: string[]) {
  const machine = new Offices({ options: { patience: "500" }, bugs: new Set(bugs) });
  return { machine, ask: asker(machine) };
}

describe("an office", () => {
  it("has one leader, for as long as that is heard from", () => {
    const { ask } = offices();
    expect(ask(0, "acquire", null, "a")).toEqual({ type: "ok", value: 1 });
    expect(ask(PATIENCE_NS - 1, "write", [1, "work"], "a")).toMatchObject({ type: "ok" });
    expect(ask(2 * PATIENCE_NS - 2, "acquire", null, "b")).toMatchObject({
      type: "fail",
      code: "office-taken",
    });
    expect(ask(2 * PATIENCE_NS - 1, "acquire", null, "b")).toEqual({ type: "ok", value: 4 });
  });

  it("is free again when its leader resigns, and only its leader can", () => {
    const { ask } = offices();
    ask(0, "acquire", null, "a");
    expect(ask(0, "release", 1, "b")).toMatchObject({ type: "fail", code: "stale-token" });
    expect(ask(0, "release", 1, "a")).toEqual({ type: "ok", value: 1 });
    expect(ask(0, "acquire", null, "b")).toEqual({ type: "ok", value: 4 });
  });

  it("takes no work of a leader that was deposed, once the next one has worked", () => {
    const { ask } = offices();
    ask(0, "acquire", null, "a");
    expect(ask(PATIENCE_NS, "acquire", null, "b")).toEqual({ type: "ok", value: 2 });
    expect(ask(PATIENCE_NS, "write", [2, "new"], "b")).toMatchObject({ type: "ok" });
    expect(ask(PATIENCE_NS, "write", [1, "late"], "a")).toMatchObject({ type: "fail", code: "stale-token" });
  });

  it("has larger epochs also after a snapshot", () => {
    const { machine, ask } = offices();
    ask(0, "acquire", null, "a");
    ask(0, "release", 1, "a");
    const again = offices();
    again.machine.restore(machine.snapshot());
    expect(again.ask(0, "acquire", null, "b")).toEqual({ type: "ok", value: 3 });
  });

  it("lets two epochs be the same where a clock makes them", () => {
    const { ask } = offices("epoch-by-clock");
    expect(ask(1, "acquire", null, "a")).toEqual({ type: "ok", value: 0 });
    ask(2, "release", 0, "a");
    expect(ask(3, "acquire", null, "b")).toEqual({ type: "ok", value: 0 });
  });
});
