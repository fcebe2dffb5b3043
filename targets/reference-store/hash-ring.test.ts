import { describe, expect, it } from "vitest";
import { partitionOf, ringOf } from "./hash-ring.ts";

const SHAPE = { partitions: 64, virtualNodes: 16 };
const nodes = ["n1", "n2", "n3", "n4", "n5"];

describe("the hash ring", () => {
  it("gives every node about its share", () => {
    const ring = ringOf(nodes, SHAPE);
    for (const node of nodes) {
      expect(ring.filter((each) => each === node).length).toBeGreaterThan(4);
      expect(ring.filter((each) => each === node).length).toBeLessThan(26);
    }
  });

  it("moves nothing but what belonged to a node that leaves", () => {
    const [before, after] = [ringOf(nodes, SHAPE), ringOf(nodes.slice(1), SHAPE)];
    before.forEach((owner, partition) => {
      if (owner !== "n1") expect(after[partition]).toBe(owner);
    });
    expect(after).not.toContain("n1");
  });

  it("is the same for the same members in any order", () => {
    expect(ringOf([...nodes].reverse(), SHAPE)).toEqual(ringOf(nodes, SHAPE));
  });

  it("spreads keys that are alike over the partitions", () => {
    const used = new Set(Array.from({ length: 500 }, (_, i) => partitionOf(`k${i}`, SHAPE)));
    expect(used.size).toBe(SHAPE.partitions);
  });
});
