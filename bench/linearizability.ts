import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GeneratedShape } from "../checkers/testing/generated-history.ts";
import { type GeneratedName, generatedKinds } from "../checkers/testing/generated-objects.ts";
import { readHistory } from "../harness/history/files.ts";
import { Completed, NEMESIS } from "../harness/history/index.ts";
import type { Verdict } from "../results/verdict.ts";
import type { Benchmark, Row, Size } from "./benchmark.ts";
import { writeGenerated } from "./generated-file.ts";
import { measure } from "./whole-process.ts";

type Case = readonly [GeneratedName, Omit<GeneratedShape, "seed">];

const VIOLATIONS = ["none", "middle", "end"] as const;

/** What stands in the table: every kind of object, valid and with a violation, with crashes and without. */
const CASES: Readonly<Record<Size, readonly Case[]>> = {
  small: (Object.keys(generatedKinds) as GeneratedName[]).flatMap((kind): Case[] =>
    (["none", "middle"] as const).map((violation) => [
      kind,
      { operations: 60, clients: 2, crashed: 1, violation },
    ]),
  ),
  full: [
    ...VIOLATIONS.map(
      (violation): Case => ["register, distinct values", { operations: 1_000_000, clients: 50, violation }],
    ),
    ...(["queue", "stack", "set", "priority queue"] as const).flatMap((kind) =>
      (["none", "middle"] as const).map(
        (violation): Case => [kind, { operations: 100_000, clients: 10, violation }],
      ),
    ),
    ...[
      { operations: 10_000, clients: 20 },
      { operations: 100_000, clients: 20 },
      { operations: 1_000_000, clients: 10 },
      { operations: 10_000, clients: 50 },
    ].flatMap((shape) =>
      (shape.operations === 1_000_000 ? (["none"] as const) : (["none", "middle"] as const)).map(
        (violation): Case => ["cas-register, 5 values", { ...shape, violation }],
      ),
    ),
    ...(["register, distinct values", "cas-register, 5 values"] as const).flatMap((kind) =>
      VIOLATIONS.map((violation): Case => [kind, { operations: 1_000, clients: 10, crashed: 50, violation }]),
    ),
    ["cas-register, 5 values", { operations: 10_000, clients: 10, crashed: 50, violation: "middle" }],
    ["cas-register, distinct values", { operations: 100_000, clients: 10 }],
    ["counter", { operations: 100_000, clients: 10 }],
    ["unique identifiers", { operations: 100_000, clients: 10 }],
  ],
};

/** `assay check` as a whole process, reading included, on generated histories or on files. */
export const linearizability: Benchmark = {
  name: "linearizability",
  description: "assay check as a whole process, on generated histories, or on files named with their --model",
  needsBuild: true,
  async run(size, { files, model }) {
    const rows: Row[] = [];
    for (const file of files) rows.push(await check(file, model, { clients: await clientsOf(file) }));
    if (files.length > 0) return rows;
    const folder = mkdtempSync(join(tmpdir(), "assay-bench-"));
    try {
      for (const [kind, shape] of CASES[size]) {
        const { clients, violation = "none" } = shape;
        const path = join(folder, "history.jsonl");
        await writeGenerated(path, kind, { ...shape, seed: 1 });
        const history = violation === "none" ? kind : `${kind}, violation in the ${violation}`;
        rows.push(await check(path, generatedKinds[kind].model, { history, clients }));
      }
      return rows;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function check(
  path: string,
  model: string,
  { history = path, clients }: { readonly history?: string; readonly clients: number },
): Promise<Row> {
  const { stdout, ms, peakBytes } = await measure(["check", path, "--model", model, "--json"]);
  const { verdict } = JSON.parse(stdout) as { verdict: Verdict };
  const { load, recovery } = verdict.stats;
  const checkers = Object.keys(verdict.checks.find(({ decidedBy }) => decidedBy)?.decidedBy ?? {});
  return {
    history,
    operations: verdict.history.operations,
    clients,
    crashed: load.total.info + (recovery?.total.info ?? 0),
    verdict: verdict.validity,
    checker: checkers.join(", "),
    ms: Math.round(ms),
    "peak MB": Math.round(peakBytes / 2 ** 20),
  };
}

/** How many operations were open at once, those aside that never got an answer. */
async function clientsOf(path: string): Promise<number> {
  const { history } = await readHistory(path);
  const { process, completion, invokeIndex, completeIndex } = history.columns;
  const change = new Int8Array(history.eventCount);
  for (let row = 0; row < history.length; row++) {
    const answered = completion[row] === Completed.ok || completion[row] === Completed.fail;
    if (process[row] === NEMESIS || !answered) continue;
    change[invokeIndex[row] as number] = 1;
    change[completeIndex[row] as number] = -1;
  }
  let open = 0;
  return change.reduce((most, by) => {
    open += by;
    return Math.max(most, open);
  }, 0);
}
