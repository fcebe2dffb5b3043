import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { Random } from "../harness/clock/random.ts";
import { partition } from "./partition.ts";
import { fakeCluster } from "./testing/fake-cluster.ts";

type Drops = Readonly<Record<string, readonly string[]>>;

const nodesOf = (count: number) => Array.from({ length: count }, (_, i) => `n${i + 1}`);

/** Who no longer hears whom, as a variant plans it. */
function dropsOf(variant: string, nodes: readonly string[], seed: number): Drops {
  const plan = partition.variants[variant]?.plan(nodes, new Random(seed));
  return (plan as { readonly drops: Drops }).drops;
}

/** Whom a node hears, itself included. */
function heardBy(node: string, nodes: readonly string[], drops: Drops): string[] {
  return nodes.filter((other) => !(drops[node] ?? []).includes(other));
}

const hears = (drops: Drops, node: string, other: string) => !(drops[node] ?? []).includes(other);

const seeds = fc.nat(100_000);
const atLeast = (minNodes: number) => fc.integer({ min: minNodes, max: 9 }).map(nodesOf);

describe.each(Object.entries(partition.variants))("every plan of partition:%s", (name, { minNodes }) => {
  test.prop([atLeast(minNodes), seeds])("names nodes of the cluster alone", (nodes, seed) => {
    const drops = dropsOf(name, nodes, seed);
    for (const named of [...Object.keys(drops), ...Object.values(drops).flat()]) {
      expect(nodes).toContain(named);
    }
  });

  test.prop([atLeast(minNodes), seeds])("leaves each node its own messages", (nodes, seed) => {
    for (const [node, muted] of Object.entries(dropsOf(name, nodes, seed))) expect(muted).not.toContain(node);
  });

  test.prop([atLeast(minNodes), seeds])("cuts something, each link once", (nodes, seed) => {
    const links = Object.entries(dropsOf(name, nodes, seed)).flatMap(([to, muted]) =>
      muted.map((from) => `${from}→${to}`),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(new Set(links).size).toBe(links.length);
  });

  test.prop([atLeast(minNodes), seeds])("is the same for the same seed", (nodes, seed) => {
    expect(dropsOf(name, nodes, seed)).toEqual(dropsOf(name, nodes, seed));
  });

  test("is another one for some other seed", () => {
    const nodes = nodesOf(5);
    const plans = Array.from({ length: 30 }, (_, seed) => JSON.stringify(dropsOf(name, nodes, seed)));
    expect(new Set(plans).size).toBeGreaterThan(1);
  });
});

describe("partition:halves", () => {
  test.prop([atLeast(2), seeds])("makes two halves that do not hear each other", (nodes, seed) => {
    const drops = dropsOf("halves", nodes, seed);
    const groups = new Set(nodes.map((node) => heardBy(node, nodes, drops).join(" ")));
    const sizes = [...groups].map((group) => group.split(" ").length).toSorted((a, b) => a - b);
    expect(sizes).toEqual([Math.floor(nodes.length / 2), Math.ceil(nodes.length / 2)]);
  });

  test("as data, for one seed", () => {
    expect(partition.variants["halves"]?.plan(nodesOf(5), new Random(1))).toMatchInlineSnapshot(`
      {
        "drops": {
          "n1": [
            "n3",
            "n4",
          ],
          "n2": [
            "n3",
            "n4",
          ],
          "n3": [
            "n1",
            "n2",
            "n5",
          ],
          "n4": [
            "n1",
            "n2",
            "n5",
          ],
          "n5": [
            "n3",
            "n4",
          ],
        },
      }
    `);
  });
});

describe("partition:one", () => {
  test.prop([atLeast(2), seeds])("cuts one node off, both ways, and nothing else", (nodes, seed) => {
    const drops = dropsOf("one", nodes, seed);
    const lone = nodes.filter((node) => heardBy(node, nodes, drops).length === 1);
    if (nodes.length > 2) expect(lone).toHaveLength(1);
    for (const node of nodes.filter((each) => !lone.includes(each))) expect(drops[node]).toEqual(lone);
  });

  test("as data, for one seed", () => {
    expect(partition.variants["one"]?.plan(nodesOf(3), new Random(1))).toMatchInlineSnapshot(`
      {
        "drops": {
          "n1": [
            "n2",
          ],
          "n2": [
            "n1",
            "n3",
          ],
          "n3": [
            "n2",
          ],
        },
      }
    `);
  });
});

describe("partition:majority-ring", () => {
  test.each([4, 5, 6, 7, 8, 9])(
    "of %i nodes each hears a majority with itself in it, which hears it, no two the same",
    (count) => {
      const nodes = nodesOf(count);
      for (let seed = 0; seed < 20; seed++) {
        const drops = dropsOf("majority-ring", nodes, seed);
        const heard = nodes.map((node) => heardBy(node, nodes, drops));
        for (const [i, majority] of heard.entries()) {
          expect(majority).toContain(nodes[i]);
          expect(majority.length).toBeGreaterThan(count / 2);
          expect(majority.length).toBeLessThan(count);
          for (const other of majority) expect(hears(drops, other, nodes[i] ?? "")).toBe(true);
        }
        expect(new Set(heard.map((majority) => majority.join(" "))).size).toBe(count);
      }
    },
  );

  test("as data, for one seed", () => {
    expect(partition.variants["majority-ring"]?.plan(nodesOf(4), new Random(1))).toMatchInlineSnapshot(`
      {
        "drops": {
          "n1": [
            "n3",
          ],
          "n2": [
            "n4",
          ],
          "n3": [
            "n1",
          ],
          "n4": [
            "n2",
          ],
        },
      }
    `);
  });
});

describe("partition:bridge", () => {
  test.prop([atLeast(3), seeds])("leaves one node that hears all, between two halves", (nodes, seed) => {
    const drops = dropsOf("bridge", nodes, seed);
    const bridges = nodes.filter((node) => nodes.every((other) => hears(drops, node, other)));
    expect(bridges).toHaveLength(1);
    const others = nodes.filter((node) => !bridges.includes(node));
    const halves = new Set(others.map((node) => heardBy(node, others, drops).join(" ")));
    const sizes = [...halves].map((half) => half.split(" ").length).toSorted((a, b) => a - b);
    expect(sizes).toEqual([Math.floor(others.length / 2), Math.ceil(others.length / 2)]);
    for (const node of others) expect(hears(drops, node, bridges[0] ?? "")).toBe(true);
  });
});

describe("partition:one-way", () => {
  test.prop([atLeast(2), seeds])("cuts no link in both directions", (nodes, seed) => {
    const drops = dropsOf("one-way", nodes, seed);
    for (const [node, muted] of Object.entries(drops)) {
      for (const other of muted) expect(hears(drops, other, node)).toBe(true);
    }
  });

  test.prop([atLeast(2), seeds])("makes all deaf ones deaf to the same, hearing group", (nodes, seed) => {
    const drops = dropsOf("one-way", nodes, seed);
    const deaf = Object.keys(drops);
    for (const muted of Object.values(drops)) expect([...deaf, ...muted].toSorted()).toEqual(nodes);
  });
});

describe("carried out", () => {
  test("a plan blocks its links, each from the one that is muted to the one that no longer hears", async () => {
    const cluster = fakeCluster();
    const effect = await partition.inject(cluster, { drops: { n1: ["n2", "n3"], n3: ["n1"] } });
    expect(cluster.calls).toEqual(["block n2→n1 n3→n1 n1→n3"]);
    expect(effect).toEqual({ effective: true, detail: "block n2→n1 n3→n1 n1→n3" });
  });

  test("taking it back unblocks everything", async () => {
    const cluster = fakeCluster();
    await partition.revert(cluster);
    expect(cluster.calls).toEqual(["heal"]);
  });

  test("on a cluster that cannot be partitioned it says why", () => {
    expect(() => partition.inject(fakeCluster({ lacks: ["partition"] }), { drops: {} })).toThrow(
      expect.objectContaining({ code: "fault-unavailable", message: "partition needs root" }),
    );
  });
});
