import { describe, expect, it } from "vitest";
import type { ClientRequest } from "./frame.ts";
import { Registers } from "./registers.ts";

function request(f: string, value: ClientRequest["value"], key: ClientRequest["key"] = "x"): ClientRequest {
  return { client: "c1", sequence: 1, f, key, value };
}

describe("registers", () => {
  it("hold null until something is written", () => {
    expect(new Registers().execute(request("read", null))).toEqual({ type: "ok", value: null });
  });

  it("tell the key 1 from the key '1'", () => {
    const registers = new Registers();
    registers.execute(request("write", 5, 1));
    expect([registers.get(1), registers.get("1")]).toEqual([5, null]);
  });

  it("change by compare-and-set only from the value compared with", () => {
    const registers = new Registers();
    registers.execute(request("write", { a: [1] }));
    expect(registers.execute(request("cas", [{ a: [1] }, 2]))).toEqual({
      type: "ok",
      value: [{ a: [1] }, 2],
    });
    expect(registers.execute(request("cas", [1, 3]))).toMatchInlineSnapshot(`
      {
        "code": "precondition-failed",
        "message": ""x" was 2, not 1",
        "type": "fail",
      }
    `);
    expect(registers.get("x")).toBe(2);
  });

  it.each([request("increment", 1), request("cas", 1)])(
    "refuse what they do not have, without effect",
    (odd) => {
      const reply = new Registers().execute(odd);
      expect(reply).toMatchObject({ type: "error", code: "unsupported-operation", definite: true });
    },
  );

  it("go on from a snapshot", () => {
    const [before, after] = [new Registers(), new Registers()];
    before.execute(request("write", 5, 1));
    after.restore(before.snapshot());
    before.execute(request("write", 6, 1));
    expect(after.get(1)).toBe(5);
  });
});
