import { describe, expect, test } from "vitest";
import { kill } from "./kill.ts";
import { membership } from "./membership.ts";
import { pause } from "./pause.ts";
import { fakeCluster } from "./testing/fake-cluster.ts";

describe.each([
  { fault: kill, name: "kill", act: "kill", undo: "restart" },
  { fault: pause, name: "pause", act: "pause", undo: "resume" },
  { fault: membership, name: "membership", act: "leave", undo: "join" },
] as const)("$name", ({ fault, name, act, undo }) => {
  test(`is taken back by ${undo}`, () => {
    expect(fault).toMatchObject({ name, undo, capability: name });
  });

  test("strikes the nodes that the plan names", async () => {
    const cluster = fakeCluster();
    const effect = await fault.inject(cluster, { variant: "minority", nodes: ["n1", "n3"] });
    expect(cluster.calls).toEqual([`${act} n1 n3`]);
    expect(effect).toEqual({ effective: true, detail: `${act} n1 n3` });
  });

  test("strikes whoever leads where the plan says so", async () => {
    const cluster = fakeCluster({ primaries: ["n2"] });
    await fault.inject(cluster, { variant: "primary" });
    expect(cluster.calls).toEqual([`${act} n2`]);
  });

  test("is taken back on every node, whichever was struck", async () => {
    const cluster = fakeCluster();
    await fault.revert(cluster);
    expect(cluster.calls).toEqual([`${undo} n1 n2 n3`]);
  });

  test("says why where the cluster lacks the capability", async () => {
    const cluster = fakeCluster({ lacks: [name] });
    await expect(fault.inject(cluster, { variant: "one", nodes: ["n1"] })).rejects.toMatchObject({
      code: "fault-unavailable",
      message: `${name} needs root`,
    });
  });
});

test("membership leaves a majority, and takes more than one node out only where that is still a minority", () => {
  const { one, minority } = membership.variants;
  expect([one?.minNodes, minority?.minNodes]).toEqual([2, 5]);
  expect(Object.keys(membership.variants)).not.toContain("all");
});
