import { describe, expect, it } from "vitest";
import type { ClientRequest } from "./frame.ts";
import { Registers } from "./registers.ts";
import { ReplicatedState } from "./replicated-state.ts";

function request(sequence: number, f: string, value: ClientRequest["value"], client = "c1"): ClientRequest {
  return { client, sequence, f, key: "x", value };
}

const read = request(9, "read", null, "reader");
const start = () => new ReplicatedState(new Registers());

describe("a replicated state", () => {
  it("applies a request once, and gives its second arrival the first reply", () => {
    const state = start();
    const first = state.apply(request(1, "cas", [null, 1]));
    state.apply(request(1, "write", 2, "c2"));
    expect(state.apply(request(1, "cas", [null, 1]))).toEqual(first);
    expect(state.read(read)).toEqual({ type: "ok", value: 2 });
  });

  it("ignores a request that is older than the newest of its client", () => {
    const state = start();
    state.apply(request(2, "write", 2));
    expect(state.apply(request(1, "write", 1))).toBeUndefined();
    expect(state.read(read)).toEqual({ type: "ok", value: 2 });
    expect(state.applied(request(1, "write", 1))).toBe(true);
  });

  it("keeps its sessions in a snapshot", () => {
    const [before, after] = [start(), start()];
    before.apply(request(1, "write", 1));
    after.restore(before.snapshot());
    expect(after.apply(request(1, "write", 1))).toEqual({ type: "ok", value: 1 });
    expect(after.applied(request(2, "write", 2))).toBe(false);
    expect(after.read(read)).toEqual({ type: "ok", value: 1 });
  });
});
