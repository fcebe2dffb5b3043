import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type History, HistoryBuilder, type Json } from "../../harness/history/index.ts";
import type { Validity } from "../../harness/ports/verdict.ts";
import { createModel, type ModelOptions } from "../models/index.ts";
import { checkEvents } from "../testing/check-events.ts";
import type { BareEvent } from "../testing/history-of.ts";
import { linearizable } from "./linearizable.ts";

/** Labelled histories of other projects, where they lie beside the repository. */
const CORPUS = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
const MODELS = ["register", "cas-register"];
/** Keeps the suite fast: what needs more configurations than this memory holds is left undecided. */
const MEMORY_BYTES = 2 ** 23;
/** Operations above which a history is left to benchmarks. */
const LARGEST = 10_000;

interface Labelled {
  readonly file: string;
  readonly model: string;
  readonly options: ModelOptions;
  readonly expected: Validity;
  readonly operations: number;
}

describe.runIf(existsSync(CORPUS))("the corpus", () => {
  const recorded = labelled("linearizability/");
  test.each(recorded)("recorded history $file is $expected", (entry) => {
    expect(check(load(`linearizability/${entry.file}`), entry)).toBe(entry.expected);
  });

  const large = labelled("linearizability-large/").filter(({ operations }) => operations <= LARGEST);
  test.each(large)("generated history $file is $expected, or undecided within a small budget", (entry) => {
    expect([entry.expected, "unknown"]).toContain(check(load(`linearizability-large/${entry.file}`), entry));
  });

  test.each(MODELS)("tiny histories of a %s have the verdict of an exhaustive search", (model) => {
    const cases = lines(`linearizability/fuzz/${model}.jsonl.gz`).map(
      (line) =>
        JSON.parse(line) as {
          id: number;
          valid: boolean;
          valid_if_fail_dropped: boolean;
          history: BareEvent[];
        },
    );
    expect(cases.length).toBeGreaterThan(1000);
    const found = cases.map(({ id, history }) => {
      const verdict = (options: ModelOptions) =>
        checkEvents(history, createModel(model, options)).validity === "valid";
      const dropped = verdict({ init: 0 });
      const observed = model === "register" ? dropped : verdict({ init: 0, failedCas: "observed" });
      return { id, observed, dropped };
    });
    expect(found).toEqual(
      cases.map((given) => ({ id: given.id, observed: given.valid, dropped: given.valid_if_fail_dropped })),
    );
  });
});

function check(history: History, { model, options }: Labelled): Validity {
  const budget = { timeMs: 1, memoryBytes: MEMORY_BYTES };
  return linearizable(createModel(model, options)).check(history, { budget, nowMs: () => 0 }).validity;
}

function labelled(folder: string): Labelled[] {
  if (!existsSync(CORPUS)) return [];
  return lines(`${folder}index.tsv`)
    .slice(1)
    .map((line) => line.split("\t"))
    .filter(([, model]) => MODELS.includes(model as string))
    .map(([file, model, options, expected, operations]) => ({
      file: file as string,
      model: model as string,
      options: parseOptions(options as string),
      expected: expected as Validity,
      operations: Number(operations),
    }));
}

function parseOptions(text: string): ModelOptions {
  const words = text.split(" ");
  const after = (option: string) => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined);
  const init = after("--init");
  const failedCas = after("--failed-cas") as ModelOptions["failedCas"];
  const nilReads = after("--nil-reads") as ModelOptions["nilReads"];
  return {
    ...(init === undefined ? {} : { init: JSON.parse(init) as Json }),
    ...(failedCas === undefined ? {} : { failedCas }),
    ...(nilReads === undefined ? {} : { nilReads }),
  };
}

function load(file: string): History {
  const builder = new HistoryBuilder();
  for (const line of lines(file)) {
    builder.add({ time: builder.eventCount * 1_000_000, ...(JSON.parse(line) as BareEvent) });
  }
  return builder.finish();
}

function lines(file: string): string[] {
  const bytes = readFileSync(CORPUS + file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}
