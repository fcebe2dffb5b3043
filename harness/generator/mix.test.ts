import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { delay } from "./delay.ts";
import { limit } from "./limit.ts";
import { mix } from "./mix.ts";
import { nothing } from "./nothing.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { phases } from "./synchronize.ts";
import { invocations, names } from "./testing/invocations.ts";
import { listening } from "./testing/listening.ts";

const op = (f: string) => operation({ f });
const count = (generator: Parameters<typeof invocations>[0], f: string, options = {}) =>
  names(invocations(generator, options)).filter((name) => name === f).length;

describe("mix", () => {
  it("draws by weight", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 9 }), (seed, weight) => {
        const generator = mix([weight, repeat(op("a"))], [10 - weight, repeat(op("b"))]);
        // Five standard deviations of 2,000 draws are at most 112.
        const drawn = count(limit(2_000, generator), "a", { seed, concurrency: 3 });
        expect(Math.abs(drawn - 200 * weight)).toBeLessThan(112);
      }),
      { numRuns: 30 },
    );
  });

  it("draws evenly without weights", () => {
    const generator = limit(3_000, mix(repeat(op("a")), repeat(op("b")), repeat(op("c"))));
    for (const f of ["a", "b", "c"]) expect(Math.abs(count(generator, f) - 1_000)).toBeLessThan(130);
  });

  it("draws the operation independently of the thread", () => {
    const events = invocations(limit(4_000, mix(repeat(op("a")), repeat(op("b")))), { concurrency: 2 });
    for (const thread of [0, 1]) {
      const own = events.filter((event) => event.thread === thread);
      const share = own.filter(({ f }) => f === "a").length / own.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.06);
    }
  });

  it("goes on with the others until all are done", () => {
    const events = invocations(mix(repeat(3, op("a")), nothing, repeat(40, op("b")), op("c")));
    expect(names(events).join("").split("").toSorted().join("")).toBe(`${"a".repeat(3)}${"b".repeat(40)}c`);
  });

  it("passes over one that is pending", () => {
    const blocked = phases(op("first"), op("second"));
    const slowFirst = { concurrency: 2, complete: ({ f }: { f: string }) => end(f === "first" ? 1_000 : 10) };
    const events = invocations(mix([1_000, blocked], [1, repeat(50, op("b"))]), slowFirst);
    const second = events.findIndex(({ f }) => f === "second");
    expect(events.filter(({ f, timeNs }) => f === "b" && timeNs < 1_000).length).toBe(50);
    expect(second).toBe(51);
  });

  it("does not wait for one that is due later while another can go on, and waits for the soonest", () => {
    const rare = delay(1_000, repeat(3, op("rare")));
    const events = invocations(mix([1_000, rare], [1, repeat(50, op("b"))]));
    expect(events.filter(({ f }) => f === "b").at(-1)?.timeNs).toBeLessThan(1_000);
    expect(events.filter(({ f }) => f === "rare").map(({ timeNs }) => timeNs)).toEqual([0, 1_000, 2_000]);
  });

  it("tells all of events", () => {
    const heard: string[] = [];
    const [first, other] = names(invocations(mix(listening("a", 1, heard), listening("b", 1, heard))));
    expect(heard).toContain(`${first} hears ok ${first}`);
    expect(heard).toContain(`${other} hears ok ${first}`);
  });

  it("counts one of weight 0 as absent, and of none is done", () => {
    expect(names(invocations(mix([0, repeat(op("a"))], [1, op("b")])))).toEqual(["b"]);
    expect(invocations(mix([0, repeat(op("a"))]))).toEqual([]);
    expect(invocations(mix())).toEqual([]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a weight of %s", (weight) => {
    expect(() => mix([weight, op("a")])).toThrow("mix takes weights that are finite numbers");
  });
});

function end(latencyNs: number) {
  return { type: "ok" as const, latencyNs };
}
