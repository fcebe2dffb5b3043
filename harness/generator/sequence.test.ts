import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { any } from "./any.ts";
import { cycle } from "./cycle.ts";
import { deferred } from "./deferred.ts";
import { limit, once } from "./limit.ts";
import { nothing } from "./nothing.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { sequence } from "./sequence.ts";
import { phases, synchronize } from "./synchronize.ts";
import { invocations, names, simulated } from "./testing/invocations.ts";
import { listening } from "./testing/listening.ts";

const op = (f: string) => operation({ f });
const seen = (generator: Parameters<typeof invocations>[0]) => names(invocations(generator)).join("");

describe("sequence", () => {
  it("concatenates", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 4 })), (parts) => {
        const nested = sequence(...parts.map((part) => sequence(...part.map(op))));
        expect(seen(nested)).toBe(parts.flat().join(""));
      }),
    );
  });

  it("skips what is exhausted; of nothing it is done", () => {
    expect(seen(sequence(nothing, op("a"), nothing, nothing, op("b"), nothing))).toBe("ab");
    expect(seen(sequence())).toBe("");
  });

  it("does not wait for the operations of one before it starts the next", () => {
    const [, second] = invocations(sequence(op("a"), op("b")), { concurrency: 2 });
    expect(second?.timeNs).toBe(0);
  });

  it("tells the current one of events and no other", () => {
    const heard: string[] = [];
    invocations(sequence(listening("a", 1, heard), listening("b", 1, heard)));
    expect(heard).toEqual(["a hears invoke a", "a hears ok a", "b hears invoke b", "b hears ok b"]);
  });
});

describe("repeat", () => {
  it("repeats the first operation and never moves on", () => {
    expect(seen(repeat(3, sequence(op("a"), op("b"))))).toBe("aaa");
    expect(seen(limit(4, repeat(op("a"))))).toBe("aaaa");
  });

  it("repeats nothing without end and without an operation", () => {
    expect(seen(repeat(nothing))).toBe("");
    expect(seen(repeat(0, op("a")))).toBe("");
  });

  it("refuses what is no count", () => {
    expect(() => repeat(1.5, op("a"))).toThrow("repeat takes a number of times as a whole number");
  });
});

describe("cycle", () => {
  it("restarts when exhausted", () => {
    expect(seen(cycle(3, sequence(op("a"), op("b"))))).toBe("ababab");
    expect(seen(limit(5, cycle(sequence(op("a"), op("b")))))).toBe("ababa");
  });

  it("ends where a round has nothing to do", () => {
    expect(seen(cycle(nothing))).toBe("");
    expect(seen(cycle(limit(0, op("a"))))).toBe("");
    expect(seen(cycle(0, op("a")))).toBe("");
    expect(seen(cycle(cycle(cycle(sequence()))))).toBe("");
  });
});

describe("limit", () => {
  it("emits the first operations and no more", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (count, available) => {
        expect(invocations(limit(count, repeat(available, op("a"))))).toHaveLength(
          Math.min(count, available),
        );
      }),
    );
  });

  it("of a limit is the smaller of the two", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(100), (outer, inner, seed) => {
        const letters = cycle(sequence(op("a"), op("b"), op("c")));
        const options = { seed, concurrency: 3 };
        expect(simulated(limit(outer, limit(inner, letters)), options)).toEqual(
          simulated(limit(Math.min(outer, inner), letters), options),
        );
      }),
    );
  });

  it("of 0 is done, and once is a limit of 1", () => {
    expect(seen(limit(0, op("a")))).toBe("");
    expect(seen(once(repeat(op("a"))))).toBe("a");
  });
});

describe("synchronize and phases", () => {
  const slowly = (_: unknown, random: { int(bound: number): number }) => ({
    type: "ok" as const,
    latencyNs: 1 + random.int(1_000),
  });

  it("starts no phase before every operation of the one before has completed", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 6 }), (seed, concurrency) => {
        const three = phases(repeat(7, op("0")), nothing, repeat(5, op("1")), repeat(6, op("2")));
        const events = simulated(three, { seed, concurrency, complete: slowly });
        const phaseOf = events.map(({ f }) => Number(f));
        expect(phaseOf).toEqual(phaseOf.toSorted((a, b) => a - b));
        expect(events).toHaveLength(2 * (7 + 5 + 6));
      }),
    );
  });

  it("lets threads run apart again once it has started", () => {
    const events = simulated(synchronize(repeat(4, op("a"))), { concurrency: 2 });
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["invoke", "invoke"]);
  });

  it("waits for ever for a thread that is busy for ever, which a simulation reports", () => {
    const hangs = { concurrency: 2, complete: () => ({ type: "ok" as const, latencyNs: Infinity }) };
    expect(() => simulated(phases(op("a"), op("b")), hangs)).toThrow(
      "the generator is pending at 0.000 s and will be for ever: 1 of 2 threads are free",
    );
  });
});

describe("deferred", () => {
  it("is made once, when it is first asked", () => {
    let made = 0;
    let written = 0;
    const writes = repeat(3, op("w"));
    const reads = deferred(() => {
      made++;
      return repeat(written, op("r"));
    });
    const events = simulated(phases(writes, reads), {
      concurrency: 2,
      complete: ({ f }) => {
        if (f === "w") written++;
        return { type: "ok", latencyNs: 10 };
      },
    });
    expect(names(events.filter(({ type }) => type === "invoke")).join("")).toBe("wwwrrr");
    expect(made).toBe(1);
  });

  it("does not show whether it was made before: two runs of one generator are equal", () => {
    fc.assert(
      fc.property(fc.nat(1_000), (seed) => {
        const choice = deferred(() => any(repeat(4, op("a")), repeat(4, op("b"))));
        const generator = any(repeat(4, op("c")), choice);
        const first = simulated(generator, { seed, concurrency: 2 });
        expect(simulated(generator, { seed, concurrency: 2 })).toEqual(first);
      }),
    );
  });

  it("is not made again while it cannot start", () => {
    fc.assert(
      fc.property(fc.nat(1_000), (seed) => {
        let made = 0;
        const waiting = deferred(() => {
          made++;
          return synchronize(op("b"));
        });
        const events = invocations(any(repeat(20, op("a")), waiting), {
          seed,
          concurrency: 3,
          complete: (_, random) => ({ type: "ok", latencyNs: 1 + random.int(100) }),
        });
        expect(names(events)).toContain("b");
        expect(made).toBe(1);
      }),
    );
  });

  it("is done where there is no thread", () => {
    expect(
      invocations(
        deferred(() => op("a")),
        { concurrency: 0 },
      ),
    ).toEqual([]);
  });
});
