import { EVIDENCE_CODES } from "../../checkers/evidence-codes.ts";
import { MODEL_OPTIONS } from "../../checkers/index.ts";
import { ExitCode } from "../../harness/exit-codes.ts";
import { type Guarantee, profileOf } from "../../harness/ports/index.ts";
import { command, jsonOption } from "../command.ts";
import { consistencies, models } from "../judging.ts";
import { oneOf } from "../parse.ts";
import { faults, targets, workloads } from "../registries.ts";

/** One line of a listing, with the lines below it. */
interface Entry {
  readonly name: string;
  readonly description: string;
  readonly details: Readonly<Record<string, string>>;
}

type Listing = () => readonly Entry[];

const listings: Readonly<Record<string, Listing>> = {
  targets: () =>
    Object.values(targets).map((target) => ({
      name: target.name,
      description: target.description,
      details: {
        environment: [target, ...(target.alsoIn ?? [])].map(({ environment }) => environment).join(", "),
        operations: target.operations.join(", "),
        faults: target.capabilities.join(", "),
        ...optionDetails(target.options),
      },
    })),
  protocols: () =>
    variants().map(({ target, name, description, source, options }) => {
      const { promises, lacks, bugs } = profileOf(target, options);
      return {
        name,
        description,
        details: {
          source,
          promises: namesOf(promises),
          ...(lacks.length === 0 ? {} : { "does not give": namesOf(lacks) }),
          bugs: Object.keys(bugs).join(", ") || "none",
        },
      };
    }),
  bugs: () =>
    variants().flatMap(({ target, name: variant, options }) =>
      Object.entries(profileOf(target, options).bugs).map(([name, { description, breaks }]) => ({
        name: `${variant}: ${name}`,
        description,
        details: { breaks: howItShows(breaks) },
      })),
    ),
  workloads: () =>
    Object.values(workloads).map((workload) => ({
      name: workload.name,
      description: workload.description,
      details: {
        operations: Object.keys(workload.operations).join(", "),
        model: workload.model,
        ...optionDetails(workload.options),
      },
    })),
  faults: () =>
    Object.values(faults).map((fault) => ({
      name: fault.name,
      description: fault.description,
      details: Object.fromEntries(
        Object.entries(fault.variants).map(([name, variant]) => [
          `${fault.name}:${name}`,
          variant.description,
        ]),
      ),
    })),
  models: () =>
    Object.entries(models).map(([name, { description, operations, options }]) => ({
      name,
      description,
      details: {
        ...operations,
        ...Object.fromEntries(
          options.map((option) => [MODEL_OPTIONS[option].flag, MODEL_OPTIONS[option].description]),
        ),
      },
    })),
  evidence: () =>
    Object.entries(EVIDENCE_CODES).map(([name, description]) => ({ name, description, details: {} })),
  consistencies: () =>
    Object.entries(consistencies).map(([name, { description, models }]) => ({
      name,
      description,
      details: { models: models.join(", ") },
    })),
};

function variants() {
  return Object.values(targets).flatMap((target) =>
    (target.variants ?? []).map((variant) => ({ target, ...variant })),
  );
}

function namesOf(guarantees: readonly Guarantee[]): string {
  return [...new Set(guarantees.map(({ consistency }) => consistency))].join(", ");
}

function howItShows({ consistency, workload, nemesis }: Guarantee): string {
  const faults = nemesis === undefined ? "" : ` under ${nemesis.faults}, ${nemesis.interval} each`;
  return `${consistency}, shown by the workload ${workload}${faults}`;
}

export const list = command({
  name: "list",
  summary: "list targets, protocols, bugs, workloads, faults, models, consistencies and evidence",
  arguments: [
    { syntax: "[what]", description: `one of ${Object.keys(listings).join(", ")}; all where absent` },
  ],
  options: jsonOption,
  async run([what], { json }, { console }) {
    const names = Object.keys(listings);
    const chosen = what === undefined ? names : [oneOf("listing", names)(what, "what")];
    const entries = chosen.map((name): [string, readonly Entry[]] => [name, listings[name]?.() ?? []]);
    if (json) {
      console.out(JSON.stringify(Object.fromEntries(entries), null, 2));
      return ExitCode.valid;
    }
    for (const [name, group] of entries) {
      console.out(console.style("bold", name));
      for (const entry of group) {
        console.out(`  ${entry.name.padEnd(17)} ${entry.description}`);
        for (const [key, value] of Object.entries(entry.details))
          console.out(`      ${key.padEnd(24)} ${value}`);
      }
    }
    return ExitCode.valid;
  },
});

function optionDetails(options: (typeof targets)[string]["options"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      `--option ${name}=${option.required ? "…" : option.default}`,
      option.values ? `${option.description} (${option.values.join(", ")})` : option.description,
    ]),
  );
}
