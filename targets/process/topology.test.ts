import { describe, expect, test } from "vitest";
import { type Topology, topology, topologyNames } from "./topology.ts";

const named = (count: number) => Array.from({ length: count }, (_, i) => `n${i + 1}`);

test("a grid of five", () => {
  // n1 n2 n3
  // n4 n5
  expect(topology("grid", named(5))).toEqual({
    n1: ["n4", "n2"],
    n2: ["n5", "n3", "n1"],
    n3: ["n2"],
    n4: ["n1", "n5"],
    n5: ["n2", "n4"],
  });
});

test("a line, a tree and everybody with everybody", () => {
  expect(topology("line", named(3))).toEqual({ n1: ["n2"], n2: ["n1", "n3"], n3: ["n2"] });
  expect(topology("tree", named(4))).toEqual({ n1: ["n2", "n3"], n2: ["n1", "n4"], n3: ["n1"], n4: ["n2"] });
  expect(topology("total", named(3))).toEqual({ n1: ["n2", "n3"], n2: ["n1", "n3"], n3: ["n1", "n2"] });
});

describe.each(topologyNames)("%s, with 1 to 12 nodes", (name) => {
  test("is connected, and neighbours know each other", () => {
    for (let count = 1; count <= 12; count++) {
      const shape = topology(name, named(count));
      expect(reachable(shape, "n1")).toBe(count);
      for (const [node, neighbours] of Object.entries(shape)) {
        expect(neighbours).not.toContain(node);
        for (const neighbour of neighbours) expect(shape[neighbour]).toContain(node);
      }
    }
  });
});

function reachable(shape: Topology, from: string): number {
  const seen = new Set([from]);
  for (const node of seen) for (const next of shape[node] ?? []) seen.add(next);
  return seen.size;
}
