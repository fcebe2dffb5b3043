import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { isLeaf, MerkleTree } from "./merkle-tree.ts";

type Contents = readonly (readonly [key: string, digest: string])[];

function treeOf(contents: Contents): MerkleTree {
  const tree = new MerkleTree();
  for (const [key, digest] of contents) tree.set(key, digest);
  return tree;
}

/** What two replicas find by comparing from the root down, and how many vertices they looked into. */
function compare(a: MerkleTree, b: MerkleTree) {
  const [open, keys, looked] = [[""], new Set<string>(), { count: 0 }];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    looked.count++;
    for (const child of a.differing(path, b.children(path))) {
      if (!isLeaf(child)) open.push(child);
      else for (const key of [...a.keysAt(child), ...b.keysAt(child)]) keys.add(String(key));
    }
  }
  return { keys, looked: looked.count };
}

const contents = fc.uniqueArray(fc.tuple(fc.string(), fc.string({ minLength: 1, maxLength: 2 })), {
  selector: ([key]) => key,
  maxLength: 60,
});

describe("a Merkle tree", () => {
  test.prop([contents, contents])("shows all that differs", (ours, theirs) => {
    const { keys } = compare(treeOf(ours), treeOf(theirs));
    const [here, there] = [new Map(ours), new Map(theirs)];
    for (const key of new Set([...here.keys(), ...there.keys()])) {
      if (here.get(key) !== there.get(key)) expect(keys).toContain(key);
    }
  });

  test.prop([contents, fc.infiniteStream(fc.nat())])(
    "is the same whatever came in which order",
    (all, ranks) => {
      const shuffled = all
        .map((each) => ({ each, rank: ranks.next().value as number }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ each }) => each);
      expect(treeOf(shuffled).children("")).toEqual(treeOf(all).children(""));
    },
  );

  test("forgets what a key had before", () => {
    const tree = treeOf([["x", "old"]]);
    tree.children("");
    tree.set("x", "new");
    expect(tree.children("")).toEqual(treeOf([["x", "new"]]).children(""));
  });

  test("leads to one change among a thousand keys by looking into two vertices", () => {
    const many = Array.from({ length: 1_000 }, (_, i) => [`k${i}`, "same"] as const);
    const { keys, looked } = compare(treeOf(many), treeOf([...many, ["k7", "other"]]));
    expect(keys).toContain("k7");
    expect(keys.size).toBeLessThan(20);
    expect(looked).toBe(2);
  });
});
