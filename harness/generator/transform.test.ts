import { describe, expect, it } from "vitest";
import { cycle } from "./cycle.ts";
import { filter } from "./filter.ts";
import { flipFlop } from "./flip-flop.ts";
import { fromFunction } from "./from-function.ts";
import { limit } from "./limit.ts";
import { log } from "./log.ts";
import { map } from "./map.ts";
import { nothing } from "./nothing.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { sequence } from "./sequence.ts";
import { imperfect } from "./simulated-completions.ts";
import { sleep } from "./sleep.ts";
import { phases } from "./synchronize.ts";
import { emissions, invocations, names } from "./testing/invocations.ts";
import { listening } from "./testing/listening.ts";
import { untilOk } from "./until-ok.ts";

const op = (f: string) => operation({ f });
const counting = fromFunction((_, ordinal) => (ordinal < 6 ? { f: "write", value: ordinal } : undefined));

describe("map", () => {
  it("rewrites what operations do, and neither who nor when", () => {
    const doubled = map(({ value, ...rest }) => ({ ...rest, f: "add", value: Number(value) * 2 }), counting);
    const options = { concurrency: 3 };
    expect(invocations(doubled, options)).toEqual(
      invocations(counting, options).map((event) => ({ ...event, f: "add", value: Number(event.value) * 2 })),
    );
  });

  it("may give and take a key", () => {
    const keyed = map(({ f, value }) => ({ f, value, key: "x" }), counting);
    expect(invocations(keyed)[0]).toMatchObject({ key: "x", value: 0 });
    expect(invocations(map(({ f, value }) => ({ f, value }), keyed))[0]).not.toHaveProperty("key");
  });

  it("lets sleeps and log lines pass", () => {
    const taken = emissions(map(() => ({ f: "b" }), sequence(sleep(5), log("x"), op("a"))));
    expect(taken.map(({ kind }) => kind)).toEqual(["sleep", "log", "invoke"]);
  });

  it("passes on events", () => {
    const heard: string[] = [];
    invocations(map(() => ({ f: "b" }), listening("a", 1, heard)));
    expect(heard).toEqual(["a hears invoke b", "a hears ok b"]);
  });
});

describe("filter", () => {
  it("drops what does not satisfy the predicate", () => {
    const even = filter(({ value }) => Number(value) % 2 === 0, counting);
    expect(invocations(even).map(({ value }) => value)).toEqual([0, 2, 4]);
  });

  it("lets sleeps and log lines pass", () => {
    const taken = emissions(filter(() => false, sequence(sleep(5), op("a"), log("x"))));
    expect(taken.map(({ kind }) => kind)).toEqual(["sleep", "log"]);
  });

  it("passes on events", () => {
    const heard: string[] = [];
    invocations(filter(() => true, listening("a", 1, heard)));
    expect(heard).toEqual(["a hears invoke a", "a hears ok a"]);
  });

  it("reports a predicate that nothing ever satisfies", () => {
    expect(() => invocations(filter(() => false, repeat(op("a"))))).toThrow(
      "a filter dropped 1000000 operations in a row",
    );
  });
});

describe("flipFlop", () => {
  it("takes turns and stops when one whose turn it is is exhausted", () => {
    const seen = (generator: Parameters<typeof invocations>[0]) => names(invocations(generator)).join("");
    expect(seen(flipFlop(repeat(2, op("a")), repeat(op("b"))))).toBe("abab");
    expect(seen(flipFlop(repeat(op("a")), repeat(2, op("b"))))).toBe("ababa");
    expect(seen(limit(5, flipFlop(cycle(sequence(op("x"), op("y"))), repeat(op("b")))))).toBe("xbybx");
    expect(seen(flipFlop(nothing, op("b")))).toBe("");
    expect(seen(flipFlop(op("a"), nothing))).toBe("a");
  });

  it("waits while the one whose turn it is is pending", () => {
    const events = invocations(flipFlop(phases(op("a"), op("c")), repeat(op("b"))), { concurrency: 2 });
    expect(events.map(({ f, timeNs }) => `${f} ${timeNs}`)).toEqual(["a 0", "b 0", "c 10", "b 10"]);
  });

  it("lets one that is not at its turn end by an event", () => {
    const events = invocations(flipFlop(untilOk(repeat(op("a"))), repeat(op("b"))), { complete: imperfect });
    // The first three end in fail, info, ok: the second "a" is the one that succeeds.
    expect(names(events).join("")).toBe("abab");
  });

  it("tells both of events", () => {
    const heard: string[] = [];
    invocations(flipFlop(listening("a", 1, heard), listening("b", 1, heard)));
    for (const listener of ["a", "b"]) {
      for (const event of ["invoke a", "ok a", "invoke b", "ok b"]) {
        expect(heard).toContain(`${listener} hears ${event}`);
      }
    }
  });
});
