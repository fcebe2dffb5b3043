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
/** The models that tiny histories are there of, and what they hold at first. */
const FUZZED: readonly (readonly [model: string, options: ModelOptions])[] = [
  ["register", { init: 0 }],
  ["cas-register", { init: 0 }],
  ["set", {}],
  ["queue", {}],
  ["stack", {}],
  ["priority-queue", {}],
];
/** Keeps the suite fast: what needs more configurations than this holds is left undecided. */
const MEMORY_BYTES = { recorded: 2 ** 28, generated: 2 ** 23 };
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
    expect(check(load(`linearizability/${entry.file}`), entry, MEMORY_BYTES.recorded)).toBe(entry.expected);
  });

  const large = labelled("linearizability-large/").filter(({ operations }) => operations <= LARGEST);
  test.each(large)("generated history $file is $expected, or undecided within a small budget", (entry) => {
    expect([entry.expected, "unknown"]).toContain(
      check(load(`linearizability-large/${entry.file}`), entry, MEMORY_BYTES.generated),
    );
  });

  test.each(FUZZED)("tiny histories of a %s have the verdict of an exhaustive search", (name, options) => {
    const cases = lines(`linearizability/fuzz/${name}.jsonl.gz`).map((line) => JSON.parse(line) as Tiny);
    expect(cases.length).toBeGreaterThan(1000);
    const observed: ModelOptions = name === "cas-register" ? { ...options, failedCas: "observed" } : options;
    for (const way of [{}, { special: false }]) {
      const isValid = (history: readonly BareEvent[], meaning: ModelOptions) =>
        checkEvents(history, createModel(name, meaning), way).validity === "valid";
      const found = cases.map(({ id, history }) => ({
        id,
        valid: isValid(history, observed),
        valid_if_fail_dropped: isValid(history, options),
      }));
      expect(found).toEqual(cases.map(({ history: _, model: __, ...labels }) => labels));
    }
  });
});

interface Tiny {
  readonly id: number;
  readonly model: string;
  readonly valid: boolean;
  readonly valid_if_fail_dropped: boolean;
  readonly history: BareEvent[];
}

function check(history: History, { model, options }: Labelled, memoryBytes: number): Validity {
  const budget = { timeMs: 1, memoryBytes };
  return linearizable(createModel(model, options)).check(history, { budget, nowMs: () => 0 }).validity;
}

function labelled(folder: string): Labelled[] {
  if (!existsSync(CORPUS)) return [];
  return lines(`${folder}index.tsv`)
    .slice(1)
    .map((line) => line.split("\t"))
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
