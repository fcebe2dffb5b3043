import { describe, expect, it } from "vitest";
import { any } from "./any.ts";
import { delay } from "./delay.ts";
import { limit } from "./limit.ts";
import { nothing } from "./nothing.ts";
import { operation } from "./operation.ts";
import { repeat } from "./repeat.ts";
import { stagger } from "./stagger.ts";
import { invocations, names } from "./testing/invocations.ts";
import { listening } from "./testing/listening.ts";

const op = (f: string) => operation({ f });

describe("any", () => {
  it("takes the soonest", () => {
    const events = invocations(any(delay(100, repeat(3, op("slow"))), delay(30, repeat(6, op("quick")))), {
      concurrency: 4,
    });
    const at = (f: string) => events.filter((event) => event.f === f).map(({ timeNs }) => timeNs);
    expect(at("slow")).toEqual([0, 100, 200]);
    expect(at("quick")).toEqual([0, 30, 60, 90, 120, 150]);
  });

  it("starves none of those that can always start now", () => {
    const all = any(repeat(op("a")), repeat(op("b")), repeat(op("c")));
    const seen = names(invocations(limit(3_000, all)));
    for (const f of ["a", "b", "c"]) {
      expect(Math.abs(seen.filter((name) => name === f).length - 1_000)).toBeLessThan(130);
    }
  });

  it("starves none of those that are due at the same later instant", () => {
    const seen = names(
      invocations(limit(900, stagger(0, any(delay(50, repeat(op("a"))), delay(50, repeat(op("b")))))), {
        concurrency: 1,
      }),
    );
    expect(seen.filter((name) => name === "a").length).toBe(450);
  });

  it("goes on until all are done", () => {
    expect(
      names(invocations(any(nothing, repeat(2, op("a")), nothing, repeat(3, op("b"))))).toSorted(),
    ).toEqual(["a", "a", "b", "b", "b"]);
    expect(invocations(any())).toEqual([]);
    expect(invocations(any(nothing, nothing))).toEqual([]);
  });

  it("tells all of events", () => {
    const heard: string[] = [];
    const [first, other] = names(invocations(any(listening("a", 1, heard), listening("b", 1, heard))));
    expect(heard).toContain(`${first} hears ok ${first}`);
    expect(heard).toContain(`${other} hears ok ${first}`);
  });
});
