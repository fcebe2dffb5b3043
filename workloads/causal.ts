import type { Random } from "../harness/clock/random.ts";
import { eachThread, fromFunction, type Generator, operation, sequence } from "../harness/generator/index.ts";
import type { Workload, WorkloadSetup } from "../harness/ports/index.ts";
import { countOption } from "./count-option.ts";
import { finalReads } from "./final-reads.ts";

/**
 * Reads and writes of a few registers by every client, in short chains from one register to the next: one client reads and
 * then writes the next, another reads that one and then goes back to the first. Chains of several clients show every bad
 * pattern of causal consistency (Bouajjani et al., POPL 2017) and every session guarantee that is missing. Every write has
 * a value of its own.
 */
export const causal: Workload = {
  name: "causal",
  description: "reads and writes of a few registers by every client: what one saw before it wrote shows",
  model: "register",
  consistency: "causal",
  operations: { read: { hasEffect: false }, write: { hasEffect: true } },
  options: {
    keys: countOption("registers in use at the same time", 3, 1),
    "ops-per-round": countOption("operations before fresh registers take the place of all; 0: never", 300),
  },
  generators: (setup) => ({ load: load(setup), recovery: (keys) => finalReads(keys, setup.concurrency) }),
};

type Access = readonly [f: "read" | "write", key: number];

/** The chains that one client walks, with how often each comes: `at` is a register, `next` the one after it. */
const CHAINS: readonly (readonly [weight: number, walk: (at: number, next: number) => readonly Access[]])[] =
  [
    // Makes a write depend on another register, and on what it replaces.
    [
      6,
      (at, next) => [
        ["read", at],
        ["read", next],
        ["write", next],
      ],
    ],
    // Whoever sees the second must see what it depends on.
    [
      6,
      (at, next) => [
        ["read", next],
        ["read", at],
      ],
    ],
    // Two writes in order, one's own write, and the same twice.
    [
      3,
      (at, next) => [
        ["read", at],
        ["write", at],
        ["write", next],
      ],
    ],
    [
      3,
      (at) => [
        ["read", at],
        ["write", at],
        ["read", at],
      ],
    ],
    [
      2,
      (at) => [
        ["read", at],
        ["read", at],
      ],
    ],
  ];

/** On average. */
const OPS_PER_CHAIN = 2.6;

function load({ options, concurrency }: WorkloadSetup): Generator {
  const keys = Number(options["keys"]);
  const opsPerRound = Number(options["ops-per-round"]);
  return eachThread(
    fromFunction(({ random, threads }, ordinal) => {
      const [thread = 0] = threads as Iterable<number>;
      const round = opsPerRound === 0 ? 0 : Math.floor((OPS_PER_CHAIN * ordinal * concurrency) / opsPerRound);
      const keyOf = (position: number) => `k${round * keys + (position % keys)}`;
      // Two writes a chain at most, and no chain of another client has the same two numbers.
      const values = [2 * (ordinal * concurrency + thread) + 1, 2 * (ordinal * concurrency + thread) + 2];
      const at = random.int(keys);
      return sequence(
        ...drawChain(random)(at, at + 1).map(([f, position]) =>
          operation({ f, key: keyOf(position), value: f === "read" ? null : (values.shift() as number) }),
        ),
      );
    }),
  );
}

function drawChain(random: Random) {
  let left = random.int(CHAINS.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, walk] of CHAINS) {
    if (left < weight) return walk;
    left -= weight;
  }
  return (CHAINS[0] as (typeof CHAINS)[number])[1];
}
