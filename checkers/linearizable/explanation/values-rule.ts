import type { WitnessRule } from "./witness-rule.ts";

/** Operations by the values that they are about; undefined: possibly about everything. */
export interface Aboutness {
  readonly size: number;
  isPure(operation: number): boolean;
  valuesOf(operation: number): readonly string[] | undefined;
}

/**
 * The {@link WitnessRule} of a model that tells what each operation is about (`Model.about`): operations with an effect can
 * go together with all that are about one of their values, as no other answer becomes wrong without them. An operation
 * that may be about everything keeps every operation that has an effect; for a model without `about` that is all there
 * is, and only pure operations can go.
 *
 * Cost: O(m) for the values of m operations.
 */
export class ValuesRule implements WitnessRule {
  readonly #about: Aboutness;
  readonly #last: number;
  readonly #effects: number[] = [];
  readonly #effectsByValue = new Map<string, number[]>();

  constructor(about: Aboutness, last: number) {
    this.#about = about;
    this.#last = last;
    for (let operation = 0; operation < about.size; operation++) {
      if (about.isPure(operation)) continue;
      this.#effects.push(operation);
      for (const value of about.valuesOf(operation) ?? []) add(this.#effectsByValue, value, operation);
    }
  }

  missing(keep: Uint8Array): number[] {
    const gone = (operation: number) => keep[operation] === 0;
    const values = new Set<string>();
    for (let operation = 0; operation < keep.length; operation++) {
      if (gone(operation)) continue;
      const about = this.#about.valuesOf(operation);
      if (about === undefined) return this.#effects.filter(gone);
      for (const value of about) values.add(value);
    }
    const back = new Set(this.#effects.filter((each) => gone(each) && !this.#about.valuesOf(each)?.length));
    for (const value of values) {
      for (const operation of this.#effectsByValue.get(value) ?? []) if (gone(operation)) back.add(operation);
    }
    return [...back];
  }

  units(): number[][] {
    const { size, isPure, valuesOf } = this.#about;
    const groupOf = this.#groups();
    const fixed = new Set(valuesOf(this.#last)?.map(groupOf));
    const groups = new Map<string, number[]>();
    const units: number[][] = [];
    for (let operation = 0; operation < size; operation++) {
      if (operation === this.#last) continue;
      if (isPure(operation)) units.push([operation]);
      for (const group of new Set(valuesOf(operation)?.map(groupOf))) {
        if (!fixed.has(group)) add(groups, group, operation);
      }
    }
    return [...units, ...groups.values()].sort((a, b) => (a[0] as number) - (b[0] as number));
  }

  /** Values that one operation with an effect is about belong together. One of them stands for each group. */
  #groups(): (value: string) => string {
    const parents = new Map<string, string>();
    const groupOf = (value: string): string => {
      let group = value;
      for (let up = parents.get(group); up !== undefined; up = parents.get(group)) group = up;
      return group;
    };
    for (const operation of this.#effects) {
      const [first, ...others] = this.#about.valuesOf(operation) ?? [];
      for (const other of first === undefined ? [] : others) {
        const [into, from] = [groupOf(first as string), groupOf(other)];
        if (into !== from) parents.set(from, into);
      }
    }
    return groupOf;
  }
}

function add(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
