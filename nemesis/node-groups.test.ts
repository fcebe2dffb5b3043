import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { Random } from "../harness/clock/random.ts";
import type { FaultVariant } from "../harness/ports/index.ts";
import { nodeVariants, struckNodes } from "./node-groups.ts";
import { fakeCluster } from "./testing/fake-cluster.ts";

const nodesOf = (count: number) => Array.from({ length: count }, (_, i) => `n${i + 1}`);

/** The nodes that a variant strikes. */
function planned(variant: string, nodes: readonly string[], seed: number): readonly string[] {
  const variants: Readonly<Record<string, FaultVariant>> = nodeVariants;
  const plan = variants[variant]?.plan(nodes, new Random(seed));
  return (plan as { readonly nodes: readonly string[] }).nodes;
}

describe("how many nodes are struck", () => {
  test.each([
    { nodes: 1, one: 1, all: 1 },
    { nodes: 2, one: 1, all: 2 },
    { nodes: 3, one: 1, minority: 1, majority: 2, all: 3 },
    { nodes: 4, one: 1, minority: 1, majority: 3, all: 4 },
    { nodes: 5, one: 1, minority: 2, majority: 3, all: 5 },
    { nodes: 6, one: 1, minority: 2, majority: 4, all: 6 },
    { nodes: 7, one: 1, minority: 3, majority: 4, all: 7 },
  ])("of $nodes", ({ nodes, ...sizes }) => {
    for (const [variant, size] of Object.entries(sizes)) {
      expect(planned(variant, nodesOf(nodes), 1)).toHaveLength(size);
    }
  });

  test("a variant that needs a majority to be left needs three nodes", () => {
    expect(
      Object.entries(nodeVariants).map(([name, { minNodes }]) => [name, minNodes]),
    ).toMatchInlineSnapshot(`
      [
        [
          "one",
          1,
        ],
        [
          "minority",
          3,
        ],
        [
          "majority",
          3,
        ],
        [
          "all",
          1,
        ],
        [
          "primary",
          1,
        ],
      ]
    `);
  });
});

test.prop([
  fc.constantFrom("one", "minority", "majority", "all"),
  fc.integer({ min: 3, max: 9 }),
  fc.nat(100_000),
])("a plan names different nodes of the cluster, in order, the same for a seed", (variant, count, seed) => {
  const nodes = nodesOf(count);
  const struck = planned(variant, nodes, seed);
  expect(nodes.filter((node) => struck.includes(node))).toEqual(struck);
  expect(planned(variant, nodes, seed)).toEqual(struck);
});

test("every node is struck by some seed", () => {
  const struck = Array.from({ length: 100 }, (_, seed) => planned("one", nodesOf(5), seed)).flat();
  expect([...new Set(struck)].toSorted()).toEqual(nodesOf(5));
});

describe("primaries", () => {
  test("are planned by name only, since nobody knows yet who will lead", () => {
    expect(nodeVariants["primary"]?.plan(nodesOf(3), new Random(1))).toEqual({ variant: "primary" });
  });

  test("are asked for when the fault strikes", async () => {
    expect(await struckNodes(fakeCluster({ primaries: ["n2"] }), { variant: "primary" })).toEqual(["n2"]);
  });

  test("are not asked for where the plan names nodes", async () => {
    const plan = { variant: "one", nodes: ["n3"] };
    expect(await struckNodes(fakeCluster({ primaries: ["n2"] }), plan)).toEqual(["n3"]);
  });

  test("of a target that does not tell them are a bug: a run asks before it starts", async () => {
    await expect(struckNodes(fakeCluster(), { variant: "primary" })).rejects.toMatchObject({
      code: "invariant",
    });
  });
});
