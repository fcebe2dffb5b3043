import { describe, expect, test } from "vitest";
import { kill } from "./kill.ts";
import { pause } from "./pause.ts";
import { fakeCluster } from "./testing/fake-cluster.ts";

describe.each([
  { fault: kill, name: "kill", undo: "restart" },
  { fault: pause, name: "pause", undo: "resume" },
] as const)("$name", ({ fault, name, undo }) => {
  test(`is taken back by ${undo}`, () => {
    expect(fault).toMatchObject({ name, undo, capability: name });
  });

  test("strikes the nodes that the plan names", async () => {
    const cluster = fakeCluster();
    const effect = await fault.inject(cluster, { variant: "minority", nodes: ["n1", "n3"] });
    expect(cluster.calls).toEqual([`${name} n1 n3`]);
    expect(effect).toEqual({ effective: true, detail: `${name} n1 n3` });
  });

  test("strikes whoever leads where the plan says so", async () => {
    const cluster = fakeCluster({ primaries: ["n2"] });
    await fault.inject(cluster, { variant: "primary" });
    expect(cluster.calls).toEqual([`${name} n2`]);
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
