import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { ExitCode } from "../../harness/exit-codes.ts";
import { type HuntSetup, hunt, type SeedRunner } from "./hunt.ts";
import { type HuntState, newHunt, withOutcome } from "./hunt-state.ts";
import { exitCodeOfHunt, renderHunt } from "./print-hunt.ts";
import type { SeedOutcome } from "./seed-outcome.ts";

const outcomeOf = (seed: number, validity: SeedOutcome["validity"]): SeedOutcome => ({
  seed,
  validity,
  consistency: "linearizable",
  anomalies: validity === "invalid" ? ["linearizable: nonlinearizable"] : [],
  reasons: validity === "unknown" ? ["no-recovery"] : [],
  operations: 10,
  answered: seed % 7 !== 0,
  simulatedNs: 1_000,
  states: [`state ${seed % 3}`],
  combinations: ["kill:one"],
  effects: { kill: 1 },
});

interface World {
  readonly violating?: readonly number[];
  readonly unknown?: readonly number[];
  readonly breaking?: readonly number[];
  /** How many turns of the promise queue a seed takes. */
  readonly turns?: (seed: number) => number;
}

/** Runners whose seeds are over in an order of their own. */
function runnersOf(count: number, world: World): { runners: SeedRunner[]; ran: number[] } {
  const { violating = [], unknown = [], breaking = [], turns = () => 1 } = world;
  const ran: number[] = [];
  const runner: SeedRunner = {
    async run(seed) {
      ran.push(seed);
      for (let turn = 0; turn < turns(seed); turn++) await Promise.resolve();
      if (breaking.includes(seed)) throw new Error(`seed ${seed} broke`);
      if (violating.includes(seed)) return outcomeOf(seed, "invalid");
      return outcomeOf(seed, unknown.includes(seed) ? "unknown" : "valid");
    },
    close: async () => {},
  };
  return { runners: Array.from({ length: count }, () => ({ ...runner })), ran };
}

const given = { target: "x", fixed: {}, firstSeed: 1, seeds: 40, keepGoing: false, version: "1" } as const;

async function hunted(
  workers: number,
  world: World,
  begun: Partial<HuntState> = {},
  setup: Partial<HuntSetup> = {},
) {
  const { runners, ran } = runnersOf(workers, world);
  const seen: number[] = [];
  const state = await hunt(
    { ...newHunt(given), ...begun },
    {
      runners,
      nowMs: () => 0,
      timeMs: 1,
      stopped: () => false,
      onSeed: async (_state, { seed }) => {
        seen.push(seed);
      },
      ...setup,
    },
  );
  return { state, ran, seen };
}

const seeds = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("a hunt", () => {
  test("runs every seed once, and takes them in in order", async () => {
    const { state, ran, seen } = await hunted(3, { turns: (seed) => (seed * 7) % 11 });
    expect(ran.toSorted((a, b) => a - b)).toEqual(seeds(1, 40));
    expect(seen).toEqual(seeds(1, 40));
    expect(state).toMatchObject({ done: 40, counts: { valid: 40, invalid: 0, unknown: 0 }, operations: 400 });
  });

  test("ends at the lowest violation, though a higher one was found first", async () => {
    const { state, seen } = await hunted(2, {
      violating: [7, 8],
      turns: (seed) => (seed === 7 ? 100 : 1),
    });
    expect(state.violations).toEqual([
      {
        seed: 7,
        consistency: "linearizable",
        anomalies: ["linearizable: nonlinearizable"],
        folder: "seed-7",
      },
    ]);
    expect(seen).toEqual(seeds(1, 7));
  });

  test.prop([
    fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
    fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
    fc.boolean(),
    fc.array(fc.nat(20), { minLength: 1, maxLength: 10 }),
    fc.integer({ min: 2, max: 5 }),
  ])("comes to the same with any number of workers", async (violating, unknown, keepGoing, pace, workers) => {
    const turns = (seed: number) => pace[seed % pace.length] as number;
    const alone = await hunted(1, { violating, unknown }, { keepGoing });
    const together = await hunted(workers, { violating, unknown, turns }, { keepGoing });
    expect(together.state).toEqual(alone.state);
    expect(together.seen).toEqual(alone.seen);
  });

  test.prop([fc.integer({ min: 1, max: 39 })])("that was cut off goes on to the same end", async (cut) => {
    const world = { violating: [31, 33], unknown: [4, 32] };
    const { state } = await hunted(1, world, { keepGoing: true }, { stopped: stopAfter(cut) });
    expect(state.done).toBe(cut);
    const resumed = await hunted(2, world, state);
    const whole = await hunted(1, world, { keepGoing: true });
    expect(resumed.state).toEqual(whole.state);
    expect(resumed.ran[0]).toBe(cut + 1);
  });

  test("begins no seed once its time is up", async () => {
    let nowMs = 0;
    const { state } = await hunted(1, {}, {}, { nowMs: () => nowMs++, timeMs: 10 });
    expect(state.elapsedMs).toBeGreaterThan(0);
    expect(state.done).toBeGreaterThan(2);
    expect(state.done).toBeLessThan(10);
  });

  test("that breaks says so for the lowest seed that broke", async () => {
    const world = { breaking: [5, 6], turns: (seed: number) => (seed === 5 ? 50 : 1) };
    await expect(hunted(2, world)).rejects.toThrow("seed 5 broke");
  });

  test("whose violation comes before the seed that broke is not troubled by it", async () => {
    const { state } = await hunted(2, {
      violating: [5],
      breaking: [6],
      turns: (seed) => (seed === 5 ? 50 : 1),
    });
    expect(state.violations.map(({ seed }) => seed)).toEqual([5]);
  });

  test("keeps what its seeds covered, each thing once", async () => {
    const { state } = await hunted(2, {});
    expect(state.states.toSorted()).toEqual(["state 0", "state 1", "state 2"]);
    expect(state.combinations).toEqual(["kill:one"]);
    expect(state.effects).toEqual({ kill: 40 });
  });

  test("counts why seeds came out unknown", async () => {
    const { state } = await hunted(2, { unknown: [3, 9] });
    expect(state).toMatchObject({ counts: { valid: 38, unknown: 2 }, reasons: { "no-recovery": 2 } });
  });
});

/** Somebody who wants it to end once so many seeds have been begun. */
function stopAfter(count: number): () => boolean {
  let asked = 0;
  return () => asked++ >= count;
}

describe("seeds in which nothing of the load was answered", () => {
  const outcome = outcomeOf(1, "valid");
  const stateAfter = (...answered: boolean[]) =>
    answered.reduce((state, each) => withOutcome(state, { ...outcome, answered: each }), newHunt(given));

  test("are counted and told", () => {
    const state = stateAfter(true, false, true);
    expect(exitCodeOfHunt(state)).toBe(ExitCode.valid);
    expect(renderHunt(state, "there")).toContain("nothing of the load was answered in 1 seeds");
  });

  test("prove nothing where there are no others", () => {
    const state = stateAfter(false, false);
    expect(exitCodeOfHunt(state)).toBe(ExitCode.unknown);
    expect(renderHunt(state, "there")).toMatch(
      /^UNKNOWN: nothing of the load was answered in any of 2 seeds/,
    );
  });
});
