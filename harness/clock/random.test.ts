import { describe, expect, test } from "vitest";
import { Random } from "./random.ts";

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32());

describe("Random", () => {
  test("the numbers of a seed are fixed for ever: recorded seeds rely on them", () => {
    expect(take(new Random(42), 4)).toMatchInlineSnapshot(`
      [
        1849552023,
        4223452576,
        118919111,
        3893884377,
      ]
    `);
    expect(take(new Random(2 ** 53 - 1), 2)).toMatchInlineSnapshot(`
      [
        4251970214,
        283121339,
      ]
    `);
    expect(take(new Random(42).stream("network"), 2)).toMatchInlineSnapshot(`
      [
        1878337755,
        2493564240,
      ]
    `);
    expect(take(new Random(42).fork(7), 2)).toMatchInlineSnapshot(`
      [
        2227133781,
        3231334086,
      ]
    `);
  });

  test("is sfc32 after 12 rounds of warming up", () => {
    let [a, b, c, counter] = [42, 0, 0x9e3779b9, 1];
    const reference = () => {
      const t = (a + b + counter) | 0;
      counter++;
      [a, b, c] = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + t) | 0];
      return t >>> 0;
    };
    for (let i = 0; i < 12; i++) reference();
    expect(take(new Random(42), 100)).toEqual(Array.from({ length: 100 }, reference));
  });

  test("seeds that differ in any half differ", () => {
    const firsts = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 52].map((seed) => new Random(seed).uint32());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN])("refuses %d as a seed", (seed) => {
    expect(() => new Random(seed)).toThrow("a seed is an integer in 0 … 2^53 - 1");
  });
});

describe("streams and forks", () => {
  test("do not depend on how much was drawn from their source, and do not advance it", () => {
    const drawn = new Random(1);
    take(drawn, 10);
    expect(take(drawn.stream("a"), 5)).toEqual(take(new Random(1).stream("a"), 5));
    expect(take(drawn.fork(3), 5)).toEqual(take(new Random(1).fork(3), 5));
    const untouched = new Random(1);
    untouched.stream("a");
    untouched.fork(1);
    expect(take(untouched, 5)).toEqual(take(new Random(1), 5));
  });

  test("differ by purpose and by ordinal", () => {
    const random = new Random(1);
    const purposes = ["", "a", "b", "ab", "ba", "network", "networl"].map((name) =>
      random.stream(name).uint32(),
    );
    expect(new Set(purposes).size).toBe(purposes.length);
    const ordinals = Array.from({ length: 10_000 }, (_, ordinal) => random.fork(ordinal).uint32());
    expect(new Set(ordinals).size).toBeGreaterThan(9_990);
  });

  test("the first numbers of neighbouring forks are spread evenly", () => {
    const random = new Random(9);
    const below = Array.from({ length: 10_000 }, (_, i) => random.fork(i).float()).filter((x) => x < 0.25);
    expect(below.length).toBeGreaterThan(2_300);
    expect(below.length).toBeLessThan(2_700);
  });
});

describe("distributions", () => {
  const draws = <T>(draw: (random: Random) => T) => {
    const random = new Random(5);
    return Array.from({ length: 10_000 }, () => draw(random));
  };
  const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

  test("float lies in [0, 1) and is even", () => {
    const floats = draws((random) => random.float());
    expect(floats.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(mean(floats)).toBeCloseTo(0.5, 1);
  });

  test("int reaches every number below its bound and no other", () => {
    expect(new Set(draws((random) => random.int(6)))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
    expect(draws((random) => random.int(1)).every((x) => x === 0)).toBe(true);
    expect(() => new Random(1).int(0)).toThrow("a bound is at least 1, not 0");
  });

  test("between includes both ends", () => {
    expect(new Set(draws((random) => random.between(-1, 1)))).toEqual(new Set([-1, 0, 1]));
  });

  test("chance keeps to its probability", () => {
    expect(draws((random) => random.chance(0.3)).filter(Boolean).length / 10_000).toBeCloseTo(0.3, 1);
    expect(draws((random) => random.chance(0)).some(Boolean)).toBe(false);
    expect(draws((random) => random.chance(1)).every(Boolean)).toBe(true);
  });

  test("exponential is finite, not negative, and has the given mean", () => {
    const delays = draws((random) => random.exponential(1000));
    expect(delays.every((x) => x >= 0 && Number.isFinite(x))).toBe(true);
    expect(mean(delays) / 1000).toBeCloseTo(1, 1);
  });

  test("pick reaches every item", () => {
    expect(new Set(draws((random) => random.pick(["a", "b", "c"])))).toEqual(new Set(["a", "b", "c"]));
  });

  test("shuffle keeps the items, leaves its argument alone and reaches every order", () => {
    const items = [1, 2, 3];
    const orders = draws((random) => random.shuffle(items).join(""));
    expect(items).toEqual([1, 2, 3]);
    expect(new Set(orders)).toEqual(new Set(["123", "132", "213", "231", "312", "321"]));
  });
});
