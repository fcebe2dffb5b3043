import { expect, test } from "vitest";
import type { ContainerState, Engine } from "./engine.ts";
import type { DockerNode } from "./node.ts";
import { Partition } from "./partition.ts";

const NODES = new Map(
  ["n1", "n2", "n3"].map((name, i): [string, DockerNode] => [
    name,
    { name, ip: `198.18.0.${11 + i}`, port: 0, container: name, image: "image", labels: {} },
  ]),
);

/** An engine whose containers keep the senders that they drop from, and count a packet for each at every look. */
function packetEngine(states: Record<string, ContainerState>) {
  const drops = new Map<string, string[]>();
  const scripts = new Map<string, string>();
  const helpers: string[] = [];
  const run = (container: string, script: string) => {
    const before = drops.get(container) ?? [];
    const after = script.includes("iptables-restore")
      ? [...script.matchAll(/-s (\S+) /g)].map((m) => m[1] as string)
      : before;
    drops.set(container, after);
    const lines = (rules: string[]) => rules.map((ip) => ` 1 60 DROP 0 -- * * ${ip} 0.0.0.0/0\n`).join("");
    return `${lines(before)}--\n${lines(after)}`;
  };
  const outputs = new Map<string, string>();
  const engine: Partial<Engine> = {
    containerState: async (name) => states[name] as ContainerState,
    exec: async (name, command) => ({ exitCode: 0, output: run(name, command[2] as string) }),
    createContainer: async ({ name, network, command }) => {
      helpers.push(name);
      const target = "sharedWith" in network ? network.sharedWith : "";
      outputs.set(name, run(target, command[2] as string));
    },
    startContainer: async () => {},
    waitForExit: async () => 0,
    logs: async (name) => Buffer.from(outputs.get(name) ?? ""),
    removeContainer: async (name) => {
      outputs.delete(name);
    },
    unpack: async (name, _directory, tar) => {
      scripts.set(name, tar.toString());
    },
  };
  return { engine: engine as Engine, drops, scripts, helpers, outputs };
}

function up(): Record<string, ContainerState> {
  const state = { running: true, paused: false, exitCode: 0 };
  return { n1: state, n2: state, n3: state };
}

test("a link is blocked where it arrives, and only in its direction", async () => {
  const { engine, drops } = packetEngine(up());
  const effect = await new Partition(engine, NODES).block([{ from: "n1", to: "n2" }]);
  expect(effect).toEqual({ effective: false, detail: "n2: deaf to 1 of the nodes" });
  expect(Object.fromEntries(drops)).toEqual({ n2: ["198.18.0.11"] });
});

test("blocks add up until all are healed, and heal counts what was dropped", async () => {
  const { engine, drops } = packetEngine(up());
  const partition = new Partition(engine, NODES);
  await partition.block([{ from: "n1", to: "n2" }]);
  await partition.block([{ from: "n3", to: "n2" }]);
  expect(drops.get("n2")).toEqual(["198.18.0.11", "198.18.0.13"]);
  // One packet at the second block, two at the heal.
  expect(await partition.heal()).toEqual({ effective: true, detail: "3 packets dropped" });
  expect(drops.get("n2")).toEqual([]);
  expect(await partition.heal()).toEqual({ effective: false, detail: "0 packets dropped" });
});

test("a paused node is reached through a helper, which is removed", async () => {
  const { engine, drops, helpers, outputs } = packetEngine({
    ...up(),
    n2: { running: true, paused: true, exitCode: 0 },
  });
  await new Partition(engine, NODES).block([{ from: "n1", to: "n2" }]);
  expect(drops.get("n2")).toEqual(["198.18.0.11"]);
  expect(helpers).toEqual(["n2-network"]);
  expect(outputs.size).toBe(0);
});

test("a node that is down is cut off before it runs again, and not after a heal", async () => {
  const { engine, scripts } = packetEngine({ ...up(), n2: { running: false, paused: false, exitCode: 137 } });
  const partition = new Partition(engine, NODES);
  const n2 = NODES.get("n2") as DockerNode;

  await partition.beforeStart(n2);
  expect(scripts.size).toBe(0);

  const effect = await partition.block([{ from: "n1", to: "n2" }]);
  expect(effect).toEqual({ effective: false, detail: "n2: down, cut off when it starts" });
  await partition.beforeStart(n2);
  expect(scripts.get("n2")).toContain("-A ASSAY -s 198.18.0.11 -j DROP");

  await partition.heal();
  await partition.beforeStart(n2);
  expect(scripts.get("n2")).not.toContain("DROP");
});

test("the counters of a node that is killed are kept", async () => {
  const { engine, drops } = packetEngine(up());
  const partition = new Partition(engine, NODES);
  await partition.block([{ from: "n1", to: "n2" }]);
  await partition.beforeKill(NODES.get("n2") as DockerNode);
  drops.delete("n2");
  expect((await partition.heal()).detail).toBe("1 packets dropped");
});

test("a heal that fails can be tried again", async () => {
  const { engine, drops } = packetEngine(up());
  let broken = false;
  const flaky: Engine = {
    ...engine,
    exec: (name, command) => (broken ? Promise.reject(new Error("engine lost")) : engine.exec(name, command)),
  };
  const partition = new Partition(flaky, NODES);
  await partition.block([{ from: "n1", to: "n2" }]);
  broken = true;
  await expect(partition.heal()).rejects.toThrow("engine lost");
  broken = false;
  await partition.heal();
  expect(drops.get("n2")).toEqual([]);
});
