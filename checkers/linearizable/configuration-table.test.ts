import { describe, expect, test } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import { ConfigurationTable, KNOWN } from "./configuration-table.ts";
import { stepMeter } from "./meter.ts";

const table = (dominance: boolean) =>
  new ConfigurationTable({ exactWords: 1, burdenWords: 2, dominance }, stepMeter(1e9, 1e9));
const bits = (exact: number, ...burden: [number, number]) => Int32Array.of(exact, ...burden);

describe("a table of configurations", () => {
  test("knows what is equal, and gives rows back as they were added", () => {
    for (const dominance of [true, false]) {
      const configurations = table(dominance);
      const row = configurations.add(7, 3, bits(-1, 5, 1 << 31));
      expect(configurations.add(7, 3, bits(-1, 5, 1 << 31))).toBe(KNOWN);
      const read = new Int32Array(3);
      configurations.readBits(row, read);
      expect([configurations.position(row), configurations.state(row), ...read]).toEqual([
        7,
        3,
        -1,
        5,
        1 << 31,
      ]);
    }
  });

  test("with dominance knows what carries more than a configuration that it has seen", () => {
    const configurations = table(true);
    configurations.add(0, 0, bits(1, 0b0110, 0));
    expect(configurations.add(0, 0, bits(1, 0b1110, 1))).toBe(KNOWN);
    expect(configurations.add(0, 0, bits(1, 0b1100, 0))).not.toBe(KNOWN);
    expect(configurations.add(0, 0, bits(1, 0b0100, 0))).not.toBe(KNOWN);
    expect(configurations.add(0, 0, bits(1, 0b1100, 0))).toBe(KNOWN);
    expect(configurations.add(0, 0, bits(2, 0b1110, 1))).not.toBe(KNOWN);
    expect(configurations.add(0, 1, bits(1, 0b1110, 1))).not.toBe(KNOWN);
    expect(configurations.add(1, 0, bits(1, 0b1110, 1))).not.toBe(KNOWN);
  });

  test.each([true, false])("agrees with a plain list through all its growth (dominance %s)", (dominance) => {
    const random = new Random(1);
    const configurations = table(dominance);
    const plain: { key: string; burden: readonly [number, number] }[] = [];
    for (let step = 0; step < 3000; step++) {
      const [position, state, exact] = [random.int(4), random.int(3), random.int(2)];
      const burden = [random.int(16), random.int(16)] as const;
      const key = `${position} ${state} ${exact}`;
      const known = plain.some((seen) => {
        if (seen.key !== key) return false;
        const [a, b] = seen.burden;
        if (!dominance) return a === burden[0] && b === burden[1];
        return (a & ~burden[0]) === 0 && (b & ~burden[1]) === 0;
      });
      expect(configurations.add(position, state, bits(exact, ...burden)) === KNOWN).toBe(known);
      if (!known) plain.push({ key, burden });
    }
    expect(configurations.count).toBe(plain.length);
  });
});
