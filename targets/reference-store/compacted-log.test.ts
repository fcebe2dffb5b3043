import { describe, expect, it } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { SimulatedDisk } from "../simulation/disk.ts";
import { CompactedLog } from "./compacted-log.ts";

const disk = () => new SimulatedDisk(new VirtualClock(), new Random(1), { meanSyncNs: 0 });
const open = (stored: Pick<SimulatedDisk, "contents">) =>
  new CompactedLog<string, string>(stored.contents(), "nothing");

describe("a log with a snapshot before it", () => {
  it("keeps its indices when a snapshot takes the place of its first entries", () => {
    const stored = disk();
    const log = open(stored);
    log.append(["a", "b", "c", "d"], stored);
    log.compact({ lastIndex: 2, about: "a and b" }, true, stored);
    expect([log.at(2), log.at(3), log.at(4), log.at(5)]).toEqual([undefined, "c", "d", undefined]);
    expect(log.lastIndex).toBe(4);
    log.truncateAfter(3, stored);
    log.append(["e"], stored);
    expect(log.from(3)).toEqual(["c", "e"]);
    expect(log.from(3, 1)).toEqual(["c"]);
  });

  it("is empty behind a snapshot that comes from elsewhere", () => {
    const stored = disk();
    const log = open(stored);
    log.append(["a", "b", "c"], stored);
    log.compact({ lastIndex: 7, about: "seven" }, false, stored);
    expect(log.lastIndex).toBe(7);
    expect(log.from(8)).toEqual([]);
  });

  it("is after a kill what it was at some moment before it", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const clock = new VirtualClock();
      const stored = new SimulatedDisk(clock, new Random(seed), { meanSyncNs: 1 });
      const log = open(stored);
      const states: string[] = [];
      const note = () => states.push(JSON.stringify([log.snapshot, log.from(log.snapshot.lastIndex + 1)]));
      note();
      log.append(["a", "b", "c"], stored);
      note();
      log.compact({ lastIndex: 1, about: "a" }, true, stored);
      note();
      log.truncateAfter(2, stored);
      note();
      log.append(["d", "e"], stored);
      note();
      log.compact({ lastIndex: 4, about: "all" }, true, stored);
      note();
      stored.sync(() => {});
      stored.crash();
      const again = open(stored);
      expect(states).toContain(JSON.stringify([again.snapshot, again.from(again.snapshot.lastIndex + 1)]));
    }
  });
});
