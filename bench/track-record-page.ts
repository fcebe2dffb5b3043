import { targets } from "../cli/registries.ts";
import { profileOf } from "../harness/ports/index.ts";
import type { Row } from "./benchmark.ts";
import { SEED_LIMITS } from "./bug-matrix.ts";

/** The page that tells the rows of the matrix of protocols, promises and bugs. */
export function trackRecordPage(all: readonly Row[]): string {
  const of = (kind: string) => all.filter((row) => row["kind"] === kind);
  const bugs = of("bug");
  const seconds = bugs.reduce((sum, row) => sum + Number(row["s"]), 0);
  return [
    "# Track record",
    "",
    "Written by `npm run track-record`, or for single protocols by `npm run track-record -- PROTOCOL...`; a smaller one runs",
    "in the tests. Every seed is another run: another size of the cluster, other latencies, faults, clients.",
    "Seconds are of one core of the machine that measured.",
    "",
    "## Promises that protocols keep",
    "",
    "So many seeds with every fault that the target can take, all of them valid and none undecided.",
    "Unanswered are those in which no operation of the load was: faults lasted, and the protocol does not promise to be available.",
    "",
    ...table(of("promise"), {
      protocol: "protocol",
      promise: "consistency",
      "shown by": "workload",
      with: "name",
      seeds: "seeds",
      unanswered: "unanswered",
      s: "s",
      problem: "problem",
    }),
    "",
    "## What protocols lack",
    "",
    `Told apart from the promise within ${SEED_LIMITS.lack} seeds.`,
    "",
    ...table(of("lack"), {
      protocol: "protocol",
      "does not give": "consistency",
      "shown by": "workload",
      with: "name",
      "seeds, median": "seeds",
      "seeds, worst": "worst seeds",
      problem: "problem",
    }),
    "",
    "## Bugs that are found",
    "",
    `${bugs.length} known mistakes, each looked for ${bugs[0]?.["trials"]} times from other seeds on, for ${SEED_LIMITS.bug} seeds at most.`,
    `To find all of them once takes ${seconds.toFixed(0)} s on one core.`,
    "",
    ...table(
      bugs.map((row) => ({ ...row, wrong: descriptionOf(String(row["protocol"]), String(row["name"])) })),
      {
        protocol: "protocol",
        bug: "name",
        "what is wrong": "wrong",
        breaks: "consistency",
        "seeds, median": "seeds",
        "seeds, worst": "worst seeds",
        "s, median": "s",
        "s, worst": "worst s",
        problem: "problem",
      },
    ),
    "",
  ].join("\n");
}

/** `columns`: what stands above each column, and which member of a row stands in it. */
function table(all: readonly Row[], columns: Readonly<Record<string, string>>): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const names = Object.values(columns);
  return [
    line(Object.keys(columns)),
    line(names.map(() => "---")),
    ...all.map((row) => line(names.map((name) => String(row[name] ?? "").replaceAll("|", "\\|")))),
  ];
}

function descriptionOf(protocol: string, bug: string): string {
  for (const target of Object.values(targets)) {
    const variant = target.variants?.find(({ name }) => name === protocol);
    if (variant !== undefined) return profileOf(target, variant.options).bugs[bug]?.description ?? "";
  }
  return "";
}
