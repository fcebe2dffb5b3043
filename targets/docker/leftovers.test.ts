import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import type { Engine, Labelled, Labels } from "./engine.ts";
import { RUN_LABEL, runLabels, thisProcess } from "./labels.ts";
import { cleanLeftovers, describeRemoved } from "./leftovers.ts";

/** A process that has ended, and was waited for. */
function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

function engineWith(runs: readonly Labels[]): { engine: Engine; removed: string[] } {
  const removed: string[] = [];
  const resources = (kind: string, value?: string) =>
    runs
      .filter((labels) => value === undefined || labels[RUN_LABEL] === value)
      .map((labels) => ({ name: `${kind} of ${labels[RUN_LABEL]}`, labels }));
  const remove = async (name: string) => {
    if (name === "network of stubborn") throw new Error("has active endpoints");
    removed.push(name);
  };
  const engine: Partial<Engine> = {
    labelled: async (_label, value): Promise<Labelled> => ({
      containers: resources("container", value),
      networks: resources("network", value),
      volumes: resources("volume", value),
    }),
    removeContainer: remove,
    removeNetwork: remove,
    removeVolume: remove,
  };
  return { engine: engine as Engine, removed };
}

const { host, pid } = thisProcess();
const DEAD = runLabels("dead", { host, pid: deadPid() });
const ALIVE = runLabels("alive", { host, pid });
const ELSEWHERE = runLabels("elsewhere", { host: `not-${host}`, pid: 1 });
const NOBODY: Labels = { assay: "nobody" };

test("what a dead process left is removed, containers first", async () => {
  const { engine, removed } = engineWith([DEAD]);
  const leftovers = await cleanLeftovers(engine, { force: false });
  expect(removed).toEqual(["container of dead", "network of dead", "volume of dead"]);
  expect(leftovers).toEqual({
    removed: [{ runId: "dead", containers: 1, networks: 1, volumes: 1 }],
    kept: [],
  });
  expect(describeRemoved(leftovers.removed)).toBe(
    "removed what run dead left behind: 1 containers, 1 networks, 1 volumes",
  );
});

test("what belongs to the living, to another machine or to nobody is kept, with the reason", async () => {
  const { engine, removed } = engineWith([ALIVE, ELSEWHERE, NOBODY]);
  const { kept } = await cleanLeftovers(engine, { force: false });
  expect(removed).toEqual([]);
  expect(kept).toEqual([
    { runId: "alive", reason: `its process ${pid} is alive` },
    { runId: "elsewhere", reason: `it belongs to process 1 on not-${host}` },
    { runId: "nobody", reason: "its labels do not say whose it is" },
  ]);
});

test("force removes everything", async () => {
  const { engine } = engineWith([DEAD, ALIVE, ELSEWHERE, NOBODY]);
  const { removed, kept } = await cleanLeftovers(engine, { force: true });
  expect(removed.map((run) => run.runId)).toEqual(["dead", "alive", "elsewhere", "nobody"]);
  expect(kept).toEqual([]);
});

test("a run that cannot be removed does not keep the others", async () => {
  const stubborn = { ...DEAD, assay: "stubborn" };
  const { engine, removed } = engineWith([stubborn, DEAD]);
  const leftovers = await cleanLeftovers(engine, { force: false });
  expect(leftovers.kept).toEqual([
    { runId: "stubborn", reason: "1 things of run stubborn could not be removed" },
  ]);
  expect(removed).toContain("volume of stubborn");
  expect(removed).toContain("container of dead");
});

test("nothing left is nothing to tell", async () => {
  const { removed } = await cleanLeftovers(engineWith([]).engine, { force: false });
  expect(describeRemoved(removed)).toBeUndefined();
});
