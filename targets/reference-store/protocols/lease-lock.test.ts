import { describe, expect, it } from "vitest";
import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import { asker } from "../testing/machine-request.ts";
import { LeasedLocks } from "./lease-lock.ts";

const LEASE_NS = 500 * NS_PER_MS;

function locks(...bugs: string[]) {
  const machine = new LeasedLocks({ options: { lease: "500" }, bugs: new Set(bugs) });
  return { machine, ask: asker(machine) };
}

describe("leased locks", () => {
  it("are held until they are released", () => {
    const { ask } = locks();
    expect(ask(0, "acquire")).toEqual({ type: "ok", value: 1 });
    expect(ask(1, "acquire")).toMatchObject({ type: "fail", code: "lock-held" });
    expect(ask(2, "release", 1)).toEqual({ type: "ok", value: 1 });
    expect(ask(3, "acquire")).toEqual({ type: "ok", value: 2 });
  });

  it("are free again when the lease ends, by the time in the log", () => {
    const { ask } = locks();
    ask(0, "acquire");
    expect(ask(LEASE_NS - 1, "acquire")).toMatchObject({ type: "fail" });
    expect(ask(LEASE_NS, "acquire")).toEqual({ type: "ok", value: 2 });
  });

  it("guard against a holder that was paused beyond its lease", () => {
    const { ask } = locks();
    ask(0, "acquire");
    ask(LEASE_NS, "acquire");
    expect(ask(LEASE_NS, "write", [2, "new"])).toEqual({ type: "ok", value: [2, "new"] });
    expect(ask(LEASE_NS, "write", [1, "late"])).toMatchObject({ type: "fail", code: "stale-token" });
    expect(ask(LEASE_NS, "release", 1)).toMatchObject({ type: "fail", code: "stale-token" });
    expect(ask(LEASE_NS, "acquire")).toMatchObject({ type: "fail", code: "lock-held" });
  });

  it("take a late write as long as nobody wrote with a newer token", () => {
    const { ask } = locks();
    ask(0, "acquire");
    ask(LEASE_NS, "acquire");
    expect(ask(LEASE_NS, "write", [1, "late"])).toMatchObject({ type: "ok" });
  });

  it("are apart by key, and refuse tokens that nobody was given, and what they do not know", () => {
    const { ask } = locks();
    ask(0, "acquire");
    expect(ask(0, "acquire", null, "c1", "y")).toEqual({ type: "ok", value: 1 });
    expect(ask(0, "write", [2, "forged"])).toMatchObject({ type: "fail", code: "stale-token" });
    for (const [f, value] of [
      ["write", 1],
      ["release", null],
      ["steal", 1],
    ] as const) {
      expect(ask(0, f, value)).toMatchObject({
        type: "error",
        code: "unsupported-operation",
        definite: true,
      });
    }
  });

  it("go on from a snapshot with the same tokens and fences", () => {
    const { machine, ask } = locks();
    ask(0, "acquire");
    ask(0, "write", [1, "one"]);
    ask(LEASE_NS, "acquire");
    ask(LEASE_NS, "write", [2, "two"]);
    const again = locks();
    again.machine.restore(machine.snapshot());
    expect(again.ask(LEASE_NS, "write", [1, "late"])).toMatchObject({ type: "fail", code: "stale-token" });
    expect(again.ask(LEASE_NS, "acquire")).toMatchObject({ type: "fail", code: "lock-held" });
    expect(again.ask(2 * LEASE_NS, "acquire")).toEqual({ type: "ok", value: 3 });
  });

  it("break without fencing, though the lock is as good as before", () => {
    const { ask } = locks("no-fencing");
    ask(0, "acquire");
    ask(LEASE_NS, "acquire");
    ask(LEASE_NS, "write", [2, "new"]);
    expect(ask(LEASE_NS, "write", [1, "late"])).toMatchObject({ type: "ok" });
  });
});
