import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { Wakeup } from "../../harness/clock/clock.ts";
import { Random } from "../../harness/clock/random.ts";
import { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { SimulatedDisk } from "./disk.ts";

function newDisk(seed = 1) {
  const clock = new VirtualClock();
  const disk = new SimulatedDisk(clock, new Random(seed), { meanSyncNs: 1_000 });
  const pass = (durationNs: number) => clock.wait(new Wakeup(), clock.nowNs() + durationNs);
  return { disk, pass };
}

describe("the simulated disk", () => {
  it("keeps through a kill what was synced, and loses what was not", async () => {
    const { disk, pass } = newDisk();
    disk.write("vote", 1);
    disk.append("log", ["a", "b"]);
    disk.sync(() => {});
    await pass(100_000);
    disk.write("vote", 2);
    disk.truncate("log", 1);
    disk.append("log", ["c"]);
    expect(disk.crash()).toBe(3);
    expect(disk.contents().records.get("vote")).toBe(1);
    expect(disk.contents().logs.get("log")).toEqual(["a", "b"]);
  });

  it("appends behind a truncation", async () => {
    const { disk, pass } = newDisk();
    disk.append("log", ["a", "b"]);
    disk.truncate("log", 1);
    disk.append("log", ["c"]);
    disk.sync(() => {});
    await pass(100_000);
    expect(disk.contents().logs.get("log")).toEqual(["a", "c"]);
  });

  it("calls back at once where everything is durable", () => {
    let called = false;
    newDisk().disk.sync(() => {
      called = true;
    });
    expect(called).toBe(true);
  });

  it("hands out a copy of its contents", async () => {
    const { disk, pass } = newDisk();
    disk.append("log", ["a"]);
    disk.sync(() => {});
    await pass(100_000);
    const before = disk.contents();
    disk.append("log", ["b"]);
    disk.sync(() => {});
    await pass(100_000);
    expect(before.logs.get("log")).toEqual(["a"]);
  });

  it("never calls back a sync that a kill cut short", async () => {
    const { disk, pass } = newDisk();
    disk.write("x", 1);
    disk.sync(() => expect.fail("the sync was cut short"));
    disk.crash();
    await pass(100_000);
    expect(disk.contents().records.size).toBeLessThanOrEqual(1);
  });

  test.prop([
    fc.nat(),
    fc.array(fc.oneof(fc.constant("append"), fc.constant("sync"), fc.integer({ min: 1, max: 3_000 }))),
  ])(
    "after a kill holds a first part of what was written, with everything whose sync had finished",
    async (seed, steps) => {
      const { disk, pass } = newDisk(seed);
      let written = 0;
      let durable = 0;
      for (const step of steps) {
        if (step === "append") disk.append("log", [written++]);
        else if (step === "sync") {
          const covers = written;
          disk.sync(() => {
            durable = Math.max(durable, covers);
          });
        } else await pass(step as number);
      }
      disk.crash();
      const log = disk.contents().logs.get("log") ?? [];
      expect(log).toEqual(Array.from({ length: log.length }, (_, i) => i));
      expect(log.length).toBeGreaterThanOrEqual(durable);
      expect(log.length).toBeLessThanOrEqual(written);
    },
  );
});
