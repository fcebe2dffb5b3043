import { describe, expect, it } from "vitest";
import { Wakeup } from "../../harness/clock/clock.ts";
import { Random } from "../../harness/clock/random.ts";
import { VirtualClock } from "../../harness/clock/virtual-clock.ts";
import { type NetworkOptions, SimulatedNetwork } from "./network.ts";

const COUNT = 10_000;

function network(options: Partial<NetworkOptions> = {}) {
  const clock = new VirtualClock();
  const arrived: { message: number; atNs: number; to: string }[] = [];
  const simulated = new SimulatedNetwork({
    nodes: ["n1", "n2", "n3"],
    clock,
    random: new Random(7),
    options: { meanLatencyNs: 1_000, loss: 0, duplication: 0, ...options },
    deliver: (_, to, message) => arrived.push({ message: message as number, atNs: clock.nowNs(), to }),
  });
  const settle = () => clock.wait(new Wakeup(), clock.nowNs() + 1_000_000);
  const sendMany = () => {
    for (let i = 0; i < COUNT; i++) simulated.send("n1", "n2", i);
  };
  return { simulated, clock, arrived, settle, sendMany };
}

describe("the simulated network", () => {
  it("delivers every message once, out of order, after a latency around the mean", async () => {
    const { arrived, settle, sendMany } = network();
    sendMany();
    await settle();
    const messages = arrived.map(({ message }) => message);
    expect(new Set(messages).size).toBe(COUNT);
    expect(messages).not.toEqual([...messages].sort((a, b) => a - b));
    const meanNs = arrived.reduce((sum, { atNs }) => sum + atNs, 0) / COUNT;
    expect(meanNs).toBeGreaterThan(950);
    expect(meanNs).toBeLessThan(1_050);
  });

  it("loses and doubles messages with the given probabilities, and counts them", async () => {
    const { simulated, arrived, settle, sendMany } = network({ loss: 0.1, duplication: 0.2 });
    sendMany();
    await settle();
    const { lost, duplicated, delivered } = simulated.counts;
    expect(lost / COUNT).toBeCloseTo(0.1, 1);
    expect(duplicated / COUNT).toBeCloseTo(0.2, 1);
    expect(delivered).toBe(COUNT - lost + duplicated);
    expect(arrived).toHaveLength(delivered);
  });

  it("drops what crosses a blocked link, in that direction only, and counts it until healed", async () => {
    const { simulated, arrived, settle } = network();
    expect(simulated.block([{ from: "n1", to: "n2" }])).toBe(1);
    expect(simulated.block([{ from: "n1", to: "n2" }])).toBe(0);
    simulated.send("n1", "n2", 1);
    simulated.send("n2", "n1", 2);
    simulated.send("n1", "n3", 3);
    await settle();
    expect(arrived.map(({ to }) => to).sort()).toEqual(["n1", "n3"]);
    expect(simulated.heal()).toBe(1);
    simulated.send("n1", "n2", 4);
    await settle();
    expect(arrived.at(-1)).toMatchObject({ to: "n2", message: 4 });
    expect(simulated.heal()).toBe(0);
  });

  it("drops what is under way when its link is blocked", async () => {
    const { simulated, arrived, settle } = network();
    simulated.send("n1", "n2", 1);
    simulated.block([{ from: "n1", to: "n2" }]);
    await settle();
    expect(arrived).toEqual([]);
    expect(simulated.heal()).toBe(1);
  });

  it("gives other messages the same fate with and without a partition", async () => {
    const fates = async (blocked: boolean) => {
      const { simulated, arrived, settle } = network({ loss: 0.3 });
      if (blocked) simulated.block([{ from: "n1", to: "n3" }]);
      for (let i = 0; i < 100; i++) simulated.send("n1", i % 2 === 0 ? "n2" : "n3", i);
      await settle();
      return arrived.filter(({ to }) => to === "n2");
    };
    expect(await fates(true)).toEqual(await fates(false));
  });
});
