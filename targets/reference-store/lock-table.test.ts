import { describe, expect, it } from "vitest";
import { type Claim, LockTable } from "./lock-table.ts";

const claim = (owner: string, age: number, exclusive: string[], shared: string[] = []): Claim => ({
  owner,
  age,
  exclusive,
  shared,
});

describe("locks", () => {
  it("are shared by who reads, and nobody else's where one writes", () => {
    const locks = new LockTable("no-wait");
    expect(locks.claim(claim("a", 1, [], ["x"]))).toBe("granted");
    expect(locks.claim(claim("b", 2, ["y"], ["x"]))).toBe("granted");
    expect(locks.claim(claim("c", 0, ["x"]))).toBe("refused");
    expect(locks.claim(claim("d", 0, [], ["y"]))).toBe("refused");
    locks.release("a");
    locks.release("b");
    expect(locks.claim(claim("c", 0, ["x"]))).toBe("granted");
  });

  it("are waited for by the older, and refused to the younger (wait-die)", () => {
    const locks = new LockTable("wait-die");
    locks.claim(claim("held", 5, ["x"]));
    expect(locks.claim(claim("younger", 6, ["x"]))).toBe("refused");
    expect(locks.claim(claim("older", 4, ["x"]))).toBe("waits");
    // Older than who holds them, younger than who waits for them.
    expect(locks.claim(claim("between", 4.5, ["x"]))).toBe("refused");
    expect(locks.release("held")).toEqual(["older"]);
    expect(locks.claim(claim("held", 5, ["x"]))).toBe("refused");
  });

  it("go to the youngest of those who wait, for whom the older ones may wait", () => {
    const locks = new LockTable("wait-die");
    locks.claim(claim("held", 5, ["x"]));
    locks.claim(claim("old", 4, ["x"]));
    locks.claim(claim("oldest", 3, ["x"]));
    expect(locks.release("held")).toEqual(["old"]);
    expect(locks.release("old")).toEqual(["oldest"]);
  });

  it("are granted together where they do not conflict", () => {
    const locks = new LockTable("wait-die");
    locks.claim(claim("held", 5, ["x", "y"]));
    locks.claim(claim("a", 4, [], ["x"]));
    locks.claim(claim("b", 3, [], ["x"]));
    expect([...locks.release("held")].sort()).toEqual(["a", "b"]);
  });

  it("stay as they are when one claims again, and go when one gives up waiting", () => {
    const locks = new LockTable("wait-die");
    locks.claim(claim("held", 5, ["x"]));
    expect(locks.claim(claim("held", 5, ["x"]))).toBe("granted");
    locks.claim(claim("older", 4, ["x"]));
    expect(locks.claim(claim("older", 4, ["x"]))).toBe("waits");
    expect(locks.release("older")).toEqual([]);
    expect(locks.release("held")).toEqual([]);
  });
});
