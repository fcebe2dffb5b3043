import { didYouMean } from "../harness/did-you-mean.ts";
import { UsageError } from "../harness/errors.ts";
import type { Fault } from "../harness/ports/index.ts";

/** A fault that the user asked for, in the variants that may come up. */
export interface FaultRequest {
  readonly fault: Fault;
  readonly variants: readonly string[];
}

/**
 * Reads `partition,kill:minority`: a comma-separated list of faults, each with a variant or with any that fits the
 * number of nodes. Errors: {@link UsageError} `unknown-fault`, `unknown-variant`, `too-few-nodes`.
 */
export function parseFaultRequests(
  text: string,
  faults: Readonly<Record<string, Fault>>,
  nodeCount: number,
): readonly FaultRequest[] {
  const requests = new Map<string, FaultRequest>();
  for (const word of text.split(",").map((part) => part.trim())) {
    if (word === "" || word === "none") continue;
    const colon = word.indexOf(":");
    const name = colon < 0 ? word : word.slice(0, colon);
    const variant = colon < 0 ? undefined : word.slice(colon + 1);
    const fault = ownOf(faults, name);
    if (fault === undefined) {
      throw new UsageError({
        code: "unknown-fault",
        message: `there is no fault ${JSON.stringify(name)}`,
        hint: `${didYouMean(name, Object.keys(faults))}faults: ${Object.keys(faults).join(", ")}; see assay list faults`,
      });
    }
    const variants = variant === undefined ? fittingVariants(fault, nodeCount) : [variant];
    for (const each of variants) assertFits(fault, each, nodeCount);
    const before = requests.get(name)?.variants ?? [];
    requests.set(name, { fault, variants: [...new Set([...before, ...variants])] });
  }
  return [...requests.values()];
}

function fittingVariants(fault: Fault, nodeCount: number): readonly string[] {
  const fitting = Object.entries(fault.variants)
    .filter(([, { onRequest, minNodes }]) => !onRequest && minNodes <= nodeCount)
    .map(([name]) => name);
  if (fitting.length === 0) {
    const least = Math.min(...Object.values(fault.variants).map(({ minNodes }) => minNodes));
    throw tooFewNodes(fault.name, least, nodeCount);
  }
  return fitting;
}

function assertFits(fault: Fault, variant: string, nodeCount: number): void {
  const known = ownOf(fault.variants, variant);
  if (known === undefined) {
    throw new UsageError({
      code: "unknown-variant",
      message: `the fault ${fault.name} has no variant ${JSON.stringify(variant)}`,
      hint: `${didYouMean(variant, Object.keys(fault.variants))}variants: ${Object.keys(fault.variants).join(", ")}`,
    });
  }
  if (known.minNodes > nodeCount) throw tooFewNodes(`${fault.name}:${variant}`, known.minNodes, nodeCount);
}

/** What a table itself holds by a name that somebody typed, and not what every object inherits, as `toString`. */
function ownOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function tooFewNodes(name: string, minNodes: number, nodeCount: number): UsageError {
  return new UsageError({
    code: "too-few-nodes",
    message: `${name} needs at least ${minNodes} nodes, and the cluster has ${nodeCount}`,
    hint: `use --nodes ${minNodes} or more, or another fault`,
  });
}
