import { describe, expect, test } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import { stepMeter } from "../meter.ts";
import { type Configuration, ConfigurationTable, KNOWN } from "./configuration-table.ts";

const table = (dominance: boolean) =>
  new ConfigurationTable({ exactWords: 1, burdenWords: 2, dominance }, stepMeter(1e9, 1e9));

/** Phase -1, cut 0, unless given. */
function configuration(
  position: number,
  state: number,
  bits: readonly [number, number, number],
  { phase = -1, cut = 0 } = {},
): Configuration {
  return { position, state, phase, cut, bits: Int32Array.from(bits) };
}

describe("a table of configurations", () => {
  test("knows what is equal, and gives rows back as they were added", () => {
    for (const dominance of [true, false]) {
      const configurations = table(dominance);
      const added = configuration(7, 3, [-1, 5, 1 << 31], { phase: 2, cut: 4 });
      const row = configurations.add(added, 42);
      expect(configurations.add(added)).toBe(KNOWN);
      const read = configuration(0, 0, [0, 0, 0]);
      configurations.read(row, read);
      expect(read).toEqual(added);
      expect(configurations.note(row)).toBe(42);
    }
  });

  test("with dominance knows what carries more than a configuration that it has seen", () => {
    const configurations = table(true);
    configurations.add(configuration(0, 0, [1, 0b0110, 0]));
    expect(configurations.add(configuration(0, 0, [1, 0b1110, 1]))).toBe(KNOWN);
    expect(configurations.add(configuration(0, 0, [1, 0b1100, 0]))).not.toBe(KNOWN);
    expect(configurations.add(configuration(0, 0, [1, 0b0100, 0]))).not.toBe(KNOWN);
    expect(configurations.add(configuration(0, 0, [1, 0b1100, 0]))).toBe(KNOWN);
    expect(configurations.add(configuration(0, 0, [2, 0b1110, 1]))).not.toBe(KNOWN);
    expect(configurations.add(configuration(0, 1, [1, 0b1110, 1]))).not.toBe(KNOWN);
    expect(configurations.add(configuration(1, 0, [1, 0b1110, 1]))).not.toBe(KNOWN);
    expect(configurations.add(configuration(0, 0, [1, 0b1110, 1], { phase: 0 }))).not.toBe(KNOWN);
  });

  test("with dominance prefers a later cut", () => {
    const configurations = table(true);
    const row = configurations.add(configuration(0, 0, [1, 0b0110, 0], { cut: 5 }));
    expect(configurations.add(configuration(0, 0, [1, 0b0110, 0], { cut: 4 }))).toBe(KNOWN);
    expect(configurations.add(configuration(0, 0, [1, 0b0100, 0], { cut: 4 }))).not.toBe(KNOWN);
    expect(configurations.isDominated(row)).toBe(false);
    expect(configurations.add(configuration(0, 0, [1, 0b0110, 0], { cut: 6 }))).not.toBe(KNOWN);
    expect(configurations.isDominated(row)).toBe(true);
  });

  test.each([true, false])("agrees with a plain list through all its growth (dominance %s)", (dominance) => {
    const random = new Random(1);
    const configurations = table(dominance);
    // Three times over, as what was forgotten must not come back.
    for (let round = 0; round < 3; round++) {
      const plain: { key: string; burden: readonly [number, number]; cut: number }[] = [];
      for (let step = 0; step < 3000; step++) {
        const [position, state, exact, phase] = [random.int(4), random.int(3), random.int(2), random.int(2)];
        const burden = [random.int(16), random.int(16)] as const;
        const cut = random.int(3);
        const key = `${position} ${state} ${exact} ${phase}`;
        const known = plain.some((seen) => {
          if (seen.key !== key) return false;
          const [a, b] = seen.burden;
          if (!dominance) return a === burden[0] && b === burden[1] && seen.cut === cut;
          return (a & ~burden[0]) === 0 && (b & ~burden[1]) === 0 && seen.cut >= cut;
        });
        const found = configurations.add(configuration(position, state, [exact, ...burden], { phase, cut }));
        expect(found === KNOWN).toBe(known);
        if (!known) plain.push({ key, burden, cut });
      }
      expect(configurations.count).toBe(plain.length);
      configurations.clear();
    }
  });
});
