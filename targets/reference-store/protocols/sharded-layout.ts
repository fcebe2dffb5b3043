import type { Key } from "../../../harness/history/operation.ts";
import type { OptionTable, OptionValues } from "../../../harness/ports/options.ts";
import { partitionOf, type RingShape, ringOf } from "../hash-ring.ts";

/** Which nodes are to be there, numbered from 0 in the order of decision. */
export type Configuration = { readonly number: number; readonly members: readonly string[] };

/** What never changes: the groups, and the partitions of the hash space. */
export interface Layout {
  readonly groups: readonly (readonly string[])[];
  readonly shape: RingShape;
  /** The configuration that everybody begins with: all nodes. */
  readonly first: Configuration;
}

export const layoutOptions: OptionTable = {
  "group-size": count("how many nodes a group has; what is left over goes to the first groups", "3"),
  partitions: count("how many equal parts the hash space has; each moves as a whole", "16"),
  "virtual-nodes": count("how many tokens a group has on the ring", "8"),
};

export function layoutOf(nodes: readonly string[], options: OptionValues): Layout {
  const groupCount = Math.max(1, Math.floor(nodes.length / Number(options["group-size"])));
  const size = (group: number) =>
    Math.floor(nodes.length / groupCount) + (group < nodes.length % groupCount ? 1 : 0);
  let next = 0;
  const groups = Array.from({ length: groupCount }, (_, group) => {
    next += size(group);
    return nodes.slice(next - size(group), next);
  });
  const shape = {
    partitions: Number(options["partitions"]),
    virtualNodes: Number(options["virtual-nodes"]),
  };
  return { groups, shape, first: { number: 0, members: nodes } };
}

/**
 * For each partition the group that it belongs to: whose token is next on the ring. A group is on the ring while none has
 * more of its nodes in the configuration: who takes a node out drains its group, as long as there is another one.
 */
export function owners({ groups, shape }: Layout, { members }: Configuration): readonly number[] {
  const present = groups.map((group) => group.filter((node) => members.includes(node)).length / group.length);
  const most = Math.max(...present);
  const onRing = [...groups.keys()].filter((group) => present[group] === most);
  return ringOf(onRing.map(nameOf), shape).map(
    (name) => onRing.find((group) => nameOf(group) === name) as number,
  );
}

function nameOf(group: number): string {
  return `group ${group + 1}`;
}

export function partition({ shape }: Layout, key: Key): number {
  return partitionOf(key, shape);
}

function count(description: string, standard: string): OptionTable[string] {
  return {
    description,
    default: standard,
    problem: (value) => (/^[1-9]\d{0,3}$/.test(value) ? undefined : "must be a whole number from 1 to 9999"),
  };
}
