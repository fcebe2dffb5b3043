import { describe, expect, it } from "vitest";
import type { ClientRequest, Reply } from "./frame.ts";
import { Registers } from "./registers.ts";

function request(sequence: number, f: string, value: ClientRequest["value"], client = "c1"): ClientRequest {
  return { client, sequence, f, key: "x", value };
}

describe("registers", () => {
  it("hold null until something is written", () => {
    expect(new Registers().read("x")).toBeNull();
  });

  it("tell the key 1 from the key '1'", () => {
    const registers = new Registers();
    registers.apply({ ...request(1, "write", 5), key: 1 });
    expect([registers.read(1), registers.read("1")]).toEqual([5, null]);
  });

  it("change by compare-and-set only from the value compared with", () => {
    const registers = new Registers();
    registers.apply(request(1, "write", { a: [1] }));
    expect(registers.apply(request(2, "cas", [{ a: [1] }, 2]))).toEqual({
      type: "ok",
      value: [{ a: [1] }, 2],
    });
    expect(registers.apply(request(3, "cas", [1, 3]))).toMatchInlineSnapshot(`
      {
        "code": "precondition-failed",
        "message": ""x" was 2, not 1",
        "type": "fail",
      }
    `);
    expect(registers.read("x")).toBe(2);
  });

  it("apply a request once, and give its second arrival the first reply", () => {
    const registers = new Registers();
    const first = registers.apply(request(1, "cas", [null, 1]));
    registers.apply(request(1, "write", 2, "c2"));
    expect(registers.apply(request(1, "cas", [null, 1]))).toEqual(first);
    expect(registers.read("x")).toBe(2);
  });

  it("ignore a request that is older than the newest of its client", () => {
    const registers = new Registers();
    registers.apply(request(2, "write", 2));
    expect(registers.apply(request(1, "write", 1))).toBeUndefined();
    expect(registers.read("x")).toBe(2);
    expect(registers.applied(request(1, "write", 1))).toBe(true);
  });

  it("refuse an unknown operation, without effect", () => {
    const reply: Reply | undefined = new Registers().apply(request(1, "increment", 1));
    expect(reply).toMatchObject({ type: "error", code: "unsupported-operation", definite: true });
  });
});
