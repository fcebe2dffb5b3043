import type { Json } from "../../harness/history/operation.ts";
import type { OptionValues } from "../../harness/ports/options.ts";
import type { Bug, Guarantee, TargetProfile } from "../../harness/ports/target.ts";
import type { Protocol } from "./frame.ts";
import { chosenProtocol } from "./store-options.ts";

const STANDARD_NODES = 5;

/** What the store is with these options: what its protocol is. */
export function profile(given: OptionValues): TargetProfile {
  const protocol = chosenProtocol(given);
  const operable = protocol.operable ?? [];
  return {
    operations: protocol.operations,
    capabilities: [
      "kill",
      "pause",
      "partition",
      "clock",
      ...(operable.includes("change-membership") ? (["membership"] as const) : []),
      ...(operable.includes("transfer-leadership") ? (["leadership"] as const) : []),
    ],
    defaultNodes: protocol.nodes?.standard ?? STANDARD_NODES,
    minNodes: protocol.nodes?.least ?? 1,
    tellsPrimaries: protocol.leads !== undefined,
    promises: guaranteesOf(protocol, protocol.promises).filter((promise) => compatible(promise, given)),
    lacks: guaranteesOf(protocol, protocol.lacks ?? []),
    bugs: bugsOf(protocol),
  };
}

/** The guarantees, with everything that a user would have to give to get them. */
function guaranteesOf(
  { name }: Pick<Protocol<unknown, Json>, "name">,
  guarantees: readonly Guarantee[],
): Guarantee[] {
  return guarantees.map((guarantee) => ({
    ...guarantee,
    targetOptions: { protocol: name, ...guarantee.targetOptions },
  }));
}

function bugsOf(protocol: Protocol<unknown, Json>): Record<string, Bug> {
  return Object.fromEntries(
    Object.entries(protocol.bugs).map(([name, bug]) => {
      const [breaks] = guaranteesOf(protocol, [bug.breaks]);
      return [
        name,
        { ...bug, breaks: { ...bug.breaks, targetOptions: { ...breaks?.targetOptions, bug: name } } },
      ];
    }),
  );
}

/** Whether no option was given that contradicts what the promise needs. */
function compatible({ targetOptions }: Guarantee, given: OptionValues): boolean {
  return Object.entries(targetOptions ?? {}).every(([name, value]) => (given[name] ?? value) === value);
}
