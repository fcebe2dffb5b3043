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
    receiver: (to) => (_, message) => arrived.push({ message: message as number, atNs: clock.nowNs(), to }),
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
    expect(duplicated / (COUNT - lost)).toBeCloseTo(0.2, 1);
    expect(delivered).toBe(COUNT - lost + duplicated);
    expect(arrived).toHaveLength(delivered);
  });

  it("lets nothing of a lost message arrive, not even its double", async () => {
    const { simulated, arrived, settle, sendMany } = network({ loss: 1, duplication: 1 });
    sendMany();
    await settle();
    expect(arrived).toEqual([]);
    expect(simulated.counts).toMatchObject({ lost: COUNT, duplicated: 0, delivered: 0 });
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
});

describe("the fate of a message", () => {
  type Step = (simulated: SimulatedNetwork, ordinal: number) => void;

  /** When each of 100 messages from n1 to n2 arrives, with something done before each of them. */
  async function fates(before: Step, options: Partial<NetworkOptions> = {}) {
    const { simulated, clock, arrived, settle } = network({ loss: 0.3, duplication: 0.3, ...options });
    for (let i = 0; i < 100; i++) {
      before(simulated, i);
      simulated.send("n1", "n2", i);
      await clock.wait(new Wakeup(), clock.nowNs() + 500);
    }
    await settle();
    return arrived.filter(({ to }) => to === "n2");
  }

  it("does not depend on what other links carry", async () => {
    const alone = await fates(() => {});
    expect(alone.length).toBeGreaterThan(50);
    const amongOthers = await fates((simulated, i) => {
      simulated.send("n2", "n1", i);
      if (i % 3 === 0) simulated.send("n1", "n3", i);
    });
    expect(amongOthers).toEqual(alone);
  });

  it("does not depend on whether another link was blocked, or its own for a while", async () => {
    const alone = await fates(() => {});
    expect(await fates((simulated) => simulated.block([{ from: "n2", to: "n1" }]))).toEqual(alone);
    const cutOff = await fates((simulated, i) => {
      if (i === 20) simulated.block([{ from: "n1", to: "n2" }]);
      if (i === 40) simulated.heal();
    });
    const later = ({ message }: { message: number }) => message >= 40;
    expect(cutOff.filter(later)).toEqual(alone.filter(later));
    expect(cutOff.length).toBeLessThan(alone.length);
  });

  it("is no other one for those that arrive when none is lost or doubled", async () => {
    const delays = async (options: Partial<NetworkOptions>) =>
      new Map(
        (await fates(() => {}, { duplication: 0, ...options })).map(({ message, atNs }) => [message, atNs]),
      );
    const all = await delays({ loss: 0 });
    expect(all.size).toBe(100);
    for (const [message, atNs] of await delays({ loss: 0.5 })) expect(all.get(message)).toBe(atNs);
  });
});
