import { describe, expect, test } from "vitest";
import { Wakeup } from "../../harness/clock/clock.ts";
import { Random } from "../../harness/clock/random.ts";
import { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { SimulatedDisk } from "./disk.ts";
import { SimulatedNode } from "./node.ts";
import { NodeLog } from "./node-log.ts";

/** A node that does nothing but tell when its timers fire. */
function newNode() {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const node = new SimulatedNode<null, null>({
    id: "n1",
    nodes: ["n1"],
    clock,
    random: new Random(1),
    disk: new SimulatedDisk(clock, new Random(2), { meanSyncNs: 1 }),
    nodeLog: new NodeLog(),
    program: {
      start: () => ({
        message: () => {},
        timer: (name) => fired.push(`${name} at ${clock.nowNs()}`),
        request: () => {},
        operate: () => {},
        leads: () => false,
        members: () => undefined,
      }),
    },
    send: () => {},
  });
  node.start();
  const at = (timeNs: number) => clock.wait(new Wakeup(), timeNs);
  return { node, fired, at };
}

describe("a timer", () => {
  test("fires once, when it is due", async () => {
    const { node, fired, at } = newNode();
    node.setTimer("t", 10);
    await at(100);
    expect(fired).toEqual(["t at 10"]);
  });

  test("that is put off again and again fires when the last setting says", async () => {
    const { node, fired, at } = newNode();
    for (let ns = 0; ns < 50; ns += 4) {
      await at(ns);
      node.setTimer("t", 10);
    }
    await at(100);
    expect(fired).toEqual(["t at 58"]);
  });

  test("that is brought forward fires then, and not again when it was due first", async () => {
    const { node, fired, at } = newNode();
    node.setTimer("t", 50);
    await at(5);
    node.setTimer("t", 10);
    await at(100);
    expect(fired).toEqual(["t at 15"]);
  });

  test("that is cancelled never fires, put off or not, and may be set again", async () => {
    const { node, fired, at } = newNode();
    node.setTimer("t", 10);
    node.setTimer("t", 20);
    node.cancelTimer("t");
    await at(15);
    expect(fired).toEqual([]);
    node.setTimer("t", 10);
    await at(100);
    expect(fired).toEqual(["t at 25"]);
  });

  test("is forgotten in a kill", async () => {
    const { node, fired, at } = newNode();
    node.setTimer("t", 10);
    await at(5);
    node.setTimer("t", 10);
    node.kill();
    node.start();
    await at(100);
    expect(fired).toEqual([]);
  });

  test("that was put off is as much faster as the clock from when that runs faster", async () => {
    const { node, fired, at } = newNode();
    node.setTimer("t", 10);
    await at(5);
    node.setTimer("t", 20);
    await at(15);
    // 10 ns are left.
    node.setClock({ offsetNs: 0, rate: 2 });
    await at(100);
    expect(fired).toEqual(["t at 20"]);
  });

  test("is slower on a slow clock, to the nanosecond", async () => {
    const { node, fired, at } = newNode();
    node.setClock({ offsetNs: 1_000, rate: 0.3 });
    node.setTimer("t", 10);
    await at(100);
    expect(fired).toEqual(["t at 34"]);
  });

  test("of a paused node fires when it goes on, unless it is set anew before its turn", async () => {
    const { node, fired, at } = newNode();
    node.setTimer("t", 10);
    await at(5);
    node.setTimer("t", 10);
    node.pause();
    await at(30);
    expect(fired).toEqual([]);
    node.resume();
    expect(fired).toEqual(["t at 30"]);
  });

  test("is refused where its delay is no time", () => {
    const { node } = newNode();
    expect(() => node.setTimer("t", -1)).toThrow("a delay is a whole number of ns");
  });
});
