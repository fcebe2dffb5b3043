import { describe, expect, test } from "vitest";
import { Random } from "../harness/clock/random.ts";
import { leadership } from "./leadership.ts";
import { fakeCluster } from "./testing/fake-cluster.ts";

const nodes = ["n1", "n2", "n3"];

describe("leadership", () => {
  test("goes to a node by chance, each of them for some seed", () => {
    const targets = Array.from({ length: 100 }, (_, seed) =>
      leadership.variants["one"]?.plan(nodes, new Random(seed)),
    ) as { to: string }[];
    expect([...new Set(targets.map(({ to }) => to))].toSorted()).toEqual(nodes);
  });

  test("is handed over to the node that the plan names", async () => {
    const cluster = fakeCluster();
    expect(await leadership.inject(cluster, { to: "n3" })).toEqual({
      effective: true,
      detail: "transfer n3",
    });
    expect(cluster.calls).toEqual(["transfer n3"]);
  });

  test("is over in a moment: taking it back does nothing, and says so", async () => {
    const cluster = fakeCluster();
    expect(leadership.momentary).toBe(true);
    expect(await leadership.revert(cluster)).toEqual({
      effective: false,
      detail: "nothing to take back: whoever leads goes on",
    });
    expect(cluster.calls).toEqual([]);
  });

  test("says why where the cluster lacks the capability", async () => {
    const cluster = fakeCluster({ lacks: ["leadership"] });
    await expect(leadership.inject(cluster, { to: "n1" })).rejects.toMatchObject({
      code: "fault-unavailable",
    });
  });
});
