import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NS_PER_MS, NS_PER_S } from "../../harness/clock/duration.ts";
import { startCounter } from "./testing/counter.ts";

type Counter = ReturnType<typeof startCounter>;

/** The lines of a node's log that tell of ticks: `0.010000 tick at 10000000`, first true time, then its own. */
async function ticks({ cluster }: Counter, node: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), "assay-"));
  try {
    await cluster.saveLogs(directory);
    const lines = (await readFile(join(directory, `${node}.log`), "utf8")).split("\n");
    return lines.filter((line) => line.includes("tick"));
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe("a node whose clock is wrong", () => {
  test("sees its own time, and its log has true time", async () => {
    const counter = startCounter();
    await counter.clocks.skew({ n1: { offsetNs: -NS_PER_S, rate: 1 } });
    await counter.pass(10);
    expect(await ticks(counter, "n1")).toEqual(["0.010000 tick at -990000000"]);
    expect(await ticks(counter, "n2")).toEqual(["0.010000 tick at 10000000"]);
  });

  test("keeps its timers when the clock jumps: only its speed counts for them", async () => {
    const counter = startCounter();
    await counter.pass(5);
    await counter.clocks.skew({ n1: { offsetNs: NS_PER_S, rate: 1 } });
    await counter.pass(5);
    expect(await ticks(counter, "n1")).toEqual(["0.010000 tick at 1010000000"]);
  });

  test("has timers that are as fast as its clock, and so are the rest of those set before", async () => {
    const counter = startCounter();
    await counter.pass(5);
    await counter.clocks.skew({ n1: { offsetNs: 0, rate: 2 } });
    await counter.pass(8);
    // Half of the first 10 ms by true time, the other half twice as fast; then all of them twice as fast.
    expect(await ticks(counter, "n1")).toEqual(["0.007500 tick at 10000000", "0.012500 tick at 20000000"]);
    await counter.clocks.reset();
    await counter.pass(10);
    expect((await ticks(counter, "n1")).at(-1)).toBe("0.022000 tick at 22000000");
  });

  test("keeps it through a kill, which is of the process and not of the machine", async () => {
    const counter = startCounter();
    await counter.clocks.skew({ n1: { offsetNs: NS_PER_S, rate: 1 } });
    await counter.kill.kill(["n1"]);
    await counter.kill.restart(["n1"]);
    await counter.pass(10);
    expect(await ticks(counter, "n1")).toEqual(["0.010000 tick at 1010000000"]);
  });

  test("whose timers ran out while it was paused finds them when it goes on, whatever its clock did", async () => {
    const counter = startCounter();
    await counter.pause.pause(["n1"]);
    await counter.pass(20);
    await counter.clocks.skew({ n1: { offsetNs: 0, rate: 2 } });
    await counter.pass(10);
    await counter.pause.resume(["n1"]);
    expect(await ticks(counter, "n1")).toEqual(["0.030000 tick at 40000000"]);
    await counter.pass(5);
    expect(await ticks(counter, "n1")).toHaveLength(2);
  });
});

describe("the effect of a wrong clock", () => {
  test("is there at once when it jumps, and is found again when it is put right", async () => {
    const { clocks, pass } = startCounter();
    const skews = { n1: { offsetNs: 1500 * NS_PER_MS, rate: 1 }, n2: { offsetNs: -NS_PER_MS, rate: 1 } };
    expect(await clocks.skew(skews)).toEqual({
      effective: true,
      detail: "n1: 1500 ms ahead; n2: 1 ms behind",
    });
    await pass(10);
    expect(await clocks.reset()).toEqual({
      effective: true,
      detail: "n1: was 1500 ms ahead; n2: was 1 ms behind",
    });
    expect(await clocks.reset()).toEqual({ effective: false, detail: "nothing to do" });
  });

  test("shows only later when it runs fast or slow", async () => {
    const { clocks, pass } = startCounter();
    expect(await clocks.skew({ n2: { offsetNs: 0, rate: 0.5 } })).toEqual({
      effective: false,
      detail: "n2: 0.5 times as fast",
    });
    await pass(100);
    expect(await clocks.reset()).toEqual({
      effective: true,
      detail: "n2: was 50 ms behind",
    });
  });

  test("is none where nobody goes by the clock", async () => {
    const { clocks, kill } = startCounter();
    await kill.kill(["n1"]);
    expect(await clocks.skew({ n1: { offsetNs: NS_PER_S, rate: 1 } })).toMatchObject({ effective: false });
    expect(await clocks.reset()).toMatchObject({ effective: false });
  });

  test("is none where the clock was set right", async () => {
    const { clocks } = startCounter();
    expect(await clocks.skew({ n1: { offsetNs: 0, rate: 1 } })).toMatchObject({ effective: false });
  });
});
