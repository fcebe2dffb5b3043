import { AssayError } from "../harness/errors.ts";
import { ExitCode } from "../harness/exit-codes.ts";
import { mergeValidity, type Validity } from "../harness/ports/index.ts";
import { renderLinearizations } from "../results/linearizations.ts";
import { renderReport } from "../results/report.ts";
import { type CheckedFile, type CheckRequest, checkFile } from "./check-file.ts";
import type { Surroundings } from "./command.ts";
import type { Console } from "./console.ts";
import { exitCodeOf } from "./exit-code-of.ts";

/** One file of several, decided: without its history, so that only one lies in memory. */
interface Decided extends Omit<CheckedFile, "history"> {
  /** The orders, where they are asked for. */
  readonly linearizations: string | undefined;
}

/** One file of several: decided, or not to be read. */
type Outcome = Decided | { readonly path: string; readonly error: AssayError };

/** How the outcomes of several files are shown: one call a file as it is decided, and one at the end. */
interface Presentation {
  each(outcome: Outcome): void;
  end(outcomes: readonly Outcome[]): void;
}

/** For scripts, `porcelain` or `json`; otherwise for people. */
export type Style = "people" | "porcelain" | "json";

/**
 * Decides several files, one after the other. One that cannot be read is told on stderr and does not keep the others
 * from being decided; the exit code then says so, whatever the others came to.
 */
export async function checkSeveral(
  paths: readonly string[],
  request: CheckRequest,
  style: Style,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const presentation = PRESENTATIONS[style](surroundings.console);
  const outcomes: Outcome[] = [];
  for (const path of paths) {
    const outcome = await outcomeOf(path, request, surroundings);
    if ("error" in outcome) tell(outcome.error, surroundings.console);
    presentation.each(outcome);
    outcomes.push(outcome);
  }
  presentation.end(outcomes);
  return exitCodeOfSeveral(outcomes.map(wordFor));
}

/** What is said of one file in one word. */
type Word = Validity | "error";

function wordFor(outcome: Outcome): Word {
  return "error" in outcome ? "error" : outcome.verdict.validity;
}

/** That of what could not be read, or of the merged verdict. */
export function exitCodeOfSeveral(words: readonly Word[]): ExitCode {
  if (words.includes("error")) return ExitCode.usage;
  return exitCodeOf(mergeValidity(words.filter((word) => word !== "error")));
}

async function outcomeOf(path: string, request: CheckRequest, surroundings: Surroundings): Promise<Outcome> {
  try {
    const { history, ...decided } = await checkFile(path, request, surroundings);
    const linearizations = request.witness ? renderLinearizations(decided.verdict, history) : undefined;
    return { ...decided, linearizations };
  } catch (error) {
    if (error instanceof AssayError && error.exitCode === ExitCode.usage) return { path, error };
    throw error;
  }
}

function tell({ message, hint }: AssayError, console: Console): void {
  console.err(`assay: ${message}`);
  if (hint !== undefined) console.err(`  ${hint.replaceAll("\n", "\n  ")}`);
}

const PRESENTATIONS: Readonly<Record<Style, (console: Console) => Presentation>> = {
  porcelain: (console) => ({
    each: (outcome) => {
      // What is odd about a file is for people, whatever reads the verdicts.
      if ("verdict" in outcome) for (const text of outcome.verdict.warnings) console.err(`assay: ${text}`);
      console.out(`${outcome.path}\t${wordFor(outcome)}`);
    },
    end: () => {},
  }),
  json: (console) => ({
    each: () => {},
    end: (outcomes) => console.out(JSON.stringify(outcomes.map(asJson), null, 2)),
  }),
  people: (console) => ({
    each: (outcome) => console.out(summary(outcome)),
    end: (outcomes) => {
      for (const outcome of outcomes) {
        if ("error" in outcome) continue;
        const { path, verdict, linearizations } = outcome;
        if (verdict.validity !== "valid")
          console.out(`\n${path}\n\n${renderReport(verdict, outcome).trimEnd()}`);
        else if (linearizations !== undefined) console.out(`\n${path}\n${linearizations.trimEnd()}`);
      }
      console.out(`\n${tally(outcomes)}`);
    },
  }),
};

function asJson(outcome: Outcome): unknown {
  if ("verdict" in outcome) return { file: outcome.path, verdict: outcome.verdict };
  const { code, message, hint } = outcome.error;
  return { file: outcome.path, error: { code, message, hint: hint ?? null } };
}

/** `VALID    a.jsonl (120 operations)`, and below it what was odd about a file of which no report tells. */
function summary(outcome: Outcome): string {
  if ("error" in outcome) return `ERROR    ${outcome.path}`;
  const { validity, history, warnings } = outcome.verdict;
  const size = `${history.operations} operation${history.operations === 1 ? "" : "s"}`;
  const line = `${validity.toUpperCase().padEnd(8)} ${outcome.path} (${size})`;
  return validity === "valid" ? [line, ...warnings.map((text) => `         ${text}`)].join("\n") : line;
}

/** `4 files: 2 valid, 1 invalid, 1 error`. */
function tally(outcomes: readonly Outcome[]): string {
  const words = outcomes.map(wordFor);
  const counts = (["valid", "invalid", "unknown", "error"] as const)
    .map((word) => ({ word, count: words.filter((each) => each === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`);
  return `${outcomes.length} file${outcomes.length === 1 ? "" : "s"}: ${counts.join(", ")}`;
}
