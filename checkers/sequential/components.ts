import type { History } from "../../harness/history/index.ts";

/**
 * Objects in groups that have no session in common. Each group can be decided by itself: orders of two groups are one order of both, put
 * one behind the other.
 *
 * Cost: O(n).
 */
export function components<Part extends { readonly rows: Int32Array }>(
  { columns }: Pick<History, "columns">,
  parts: readonly Part[],
): Part[][] {
  const parent = parts.map((_, part) => part);
  const rootOf = (part: number): number => {
    let root = part;
    while (parent[root] !== root) root = parent[root] as number;
    parent[part] = root;
    return root;
  };
  const firstPartOf = new Map<number, number>();
  for (const [part, { rows }] of parts.entries()) {
    for (const row of rows) {
      const process = columns.process[row] as number;
      const first = firstPartOf.get(process);
      if (first === undefined) firstPartOf.set(process, part);
      else parent[rootOf(part)] = rootOf(first);
    }
  }
  const groups = new Map<number, Part[]>();
  for (const [part, each] of parts.entries()) {
    const root = rootOf(part);
    groups.set(root, [...(groups.get(root) ?? []), each]);
  }
  return [...groups.values()];
}
