import { formatSeconds, NS_PER_MS } from "../harness/clock/duration.ts";
import type { Random } from "../harness/clock/random.ts";
import { UsageError } from "../harness/errors.ts";
import type { FaultSchedule, FaultStep } from "../harness/ports/index.ts";
import type { FaultRequest } from "./fault-request.ts";

interface ScheduleSetup {
  readonly requests: readonly FaultRequest[];
  readonly nodes: readonly string[];
  readonly random: Random;
  /** How long the load lasts. */
  readonly timeLimitNs: number;
  /** When the last fault is over at the latest, so that the load ends undisturbed; as long as the load where absent. */
  readonly untilNs?: number;
  /** No fault before this: a run needs acknowledged writes that a fault could lose. */
  readonly afterNs: number;
  /** The mean time for which a fault lasts. */
  readonly intervalNs: number;
}

/** How often the next fault strikes while the last one still lasts. */
const OVERLAP_PROBABILITY = 1 / 5;
/** The longest quiet stretch, in intervals. */
const MOST_QUIET = 1 / 2;

/** More faults than this no run carries out: the interval was not meant. */
const FAULT_LIMIT = 100_000;

/**
 * Plans every fault of a run as data. Faults follow one another with quiet stretches between them; now and then the
 * next strikes while the last still lasts. Each round strikes once with every kind asked for, in random order, so
 * that none is left out, and a kind comes in each of its variants before any comes again. What still lasts when the
 * load ends is taken back by the final heal, and before that by `untilNs`.
 *
 * A fault lasts 0.5 to 1.5 intervals, a quiet stretch 0 to 0.5 intervals. One that is over in a moment has the same time
 * to itself, without an undo.
 *
 * Errors: {@link UsageError} `too-many-faults` where more than 100,000 would fit.
 */
export function planSchedule(setup: ScheduleSetup): FaultSchedule {
  const { requests, nodes, random, timeLimitNs, intervalNs } = setup;
  const limitNs = Math.min(timeLimitNs, setup.untilNs ?? timeLimitNs);
  if (requests.length === 0) return [];
  const steps: FaultStep[] = [];
  /** When the last fault of each kind is over: a kind never overlaps itself. */
  const busyUntilNs = new Map<string, number>();
  let atNs = setup.afterNs;
  let endNs = atNs;
  let round: FaultRequest[] = [];
  const variantsLeft = new Map<FaultRequest, string[]>();
  for (let fault = 0; ; fault++) {
    if (round.length === 0) round = random.shuffle(requests);
    const request = round.pop() as FaultRequest;
    const { name: kind, undo, variants, momentary } = request.fault;
    const freeNs = busyUntilNs.get(kind) ?? 0;
    const startNs = Math.round(atNs >= freeNs ? atNs : freeNs + random.float() * MOST_QUIET * intervalNs);
    if (startNs >= limitNs) break;
    if (fault === FAULT_LIMIT) throw tooManyFaults(setup);
    const variant = drawVariant(request, variantsLeft, random);
    const plan = variants[variant]?.plan(nodes, random) ?? null;
    const value = momentary ? { fault, kind, plan, momentary } : { fault, kind, plan };
    const untilNs = startNs + Math.round((0.5 + random.float()) * intervalNs);
    steps.push({ timeNs: startNs, f: kind, value });
    const undoneNs = limitNs < timeLimitNs ? Math.min(untilNs, limitNs) : untilNs;
    if (!momentary && undoneNs < timeLimitNs) steps.push({ timeNs: undoneNs, f: undo, value });
    busyUntilNs.set(kind, untilNs + 1);
    endNs = Math.max(endNs, untilNs);
    const overlaps = random.chance(OVERLAP_PROBABILITY);
    atNs = overlaps
      ? startNs + random.float() * (untilNs - startNs)
      : endNs + random.float() * MOST_QUIET * intervalNs;
  }
  return steps.sort((a, b) => a.timeNs - b.timeNs);
}

function drawVariant(
  request: FaultRequest,
  variantsLeft: Map<FaultRequest, string[]>,
  random: Random,
): string {
  const left = variantsLeft.get(request) ?? [];
  if (left.length === 0) left.push(...random.shuffle(request.variants));
  variantsLeft.set(request, left);
  return left.pop() as string;
}

function tooManyFaults({ timeLimitNs, intervalNs }: ScheduleSetup): UsageError {
  return new UsageError({
    code: "too-many-faults",
    message:
      `faults that last ${intervalNs / NS_PER_MS} ms on average come up more than ${FAULT_LIMIT} times ` +
      `in a load of ${formatSeconds(timeLimitNs)}`,
    hint: "let faults last longer (--nemesis-interval), or the load less long (--time)",
  });
}
