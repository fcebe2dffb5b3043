import { Random } from "../../harness/clock/random.ts";
import type { Model } from "../models/index.ts";
import { type Clients, clientHistory, type HistoryShape } from "./client-history.ts";
import type { BareEvent } from "./history-of.ts";
import { hasLinearization } from "./oracle.ts";
import { type SpecialVerdict, searchVerdict, specialVerdict } from "./special-verdict.ts";
import { withSwappedAnswers } from "./swapped-answers.ts";

/** How often each verdict came out, and each checker decided. */
export type Tally = Readonly<Record<string, number>>;

/** What a history is made of. */
export interface Drawn {
  readonly model: Model;
  readonly clients: Clients;
  readonly shape?: Partial<HistoryShape>;
  /** An operation of whose answers two are exchanged in part of the histories. */
  readonly swapping?: string;
}

/**
 * Many small random histories, crashed and failed operations among them: wherever special checkers decide, the definition and the
 * search must come to the same, their proofs must hold, and what cannot matter must not. Throws with the history where
 * one of these is not so.
 */
export function agreement(
  histories: number,
  seed: number,
  draw: (random: Random) => Drawn,
  shape: Partial<HistoryShape> = {},
): Tally {
  const random = new Random(seed);
  const tally: Record<string, number> = { valid: 0, invalid: 0, declined: 0 };
  for (let round = 0; round < histories; round++) {
    const { model, clients, swapping, shape: own } = draw(random);
    const drawn = clientHistory(random, model, clients, { ...randomShape(random), ...shape, ...own });
    const swaps = swapping !== undefined && random.chance(0.4);
    const events = swaps ? withSwappedAnswers(random, drawn, swapping) : drawn;
    const said = telling(events, () => specialVerdict(events, model));
    tally[said.verdict] = (tally[said.verdict] ?? 0) + 1;
    if (said.checker !== undefined) tally[said.checker] = (tally[said.checker] ?? 0) + 1;
    if (said.verdict === "declined") continue;
    const expected = hasLinearization(events, model) ? "valid" : "invalid";
    telling(events, () => {
      const searched = searchVerdict(events, model);
      if (said.verdict !== expected) throw new Error(`${said.verdict} by ${said.checker}, ${said.why ?? ""}`);
      if (searched !== expected) throw new Error(`${searched} by the search`);
      for (const changed of unchangedInMeaning(random, events, model, clients)) {
        const again = specialVerdict(changed, model).verdict;
        if (again === opposite(expected)) throw new Error(`${again} as ${JSON.stringify(changed)}`);
      }
    });
  }
  return tally;
}

/** The same history of other processes, and with one more operation that crashed at the end, so that nobody can have seen it. */
function unchangedInMeaning(
  random: Random,
  events: readonly BareEvent[],
  model: Model,
  clients: Clients,
): BareEvent[][] {
  const renamed = events.map((event) => ({ ...event, process: 1000 - Number(event.process) }));
  const { f, input } = clients.ask({ random, fresh: () => 1000, some: () => 1000 }, model.init);
  const { key } = events.at(-1) ?? {};
  const late = {
    type: "invoke",
    process: 2000,
    f,
    value: input,
    ...(key === undefined ? {} : { key }),
  } as const;
  return [renamed, [...events, late]];
}

const opposite = (verdict: "valid" | "invalid") => (verdict === "valid" ? "invalid" : "valid");

/** Any valid history that is drawn with many operations is called valid, with an order that holds. */
export function verdictOfLarge(
  seed: number,
  model: Model,
  clients: Clients,
  operations: number,
): SpecialVerdict {
  const random = new Random(seed);
  const shape: HistoryShape = {
    operations,
    processes: 8,
    values: "distinct",
    keys: [undefined],
    crashed: 0.05,
    failed: 0.05,
    invented: 0,
  };
  return specialVerdict(clientHistory(random, model, clients, shape), model);
}

function randomShape(random: Random): HistoryShape {
  return {
    operations: random.between(1, 8),
    processes: random.between(1, 5),
    values: random.chance(0.9) ? "distinct" : 5,
    keys: random.pick([[undefined], [undefined], [undefined], ["x", 1]]),
    crashed: random.pick([0, 0, 0.2, 0.5]),
    failed: random.pick([0, 0.2]),
    invented: random.pick([0, 0.15, 0.3]),
  };
}

function telling<T>(events: readonly BareEvent[], look: () => T): T {
  try {
    return look();
  } catch (error) {
    const history = events.map((event) => JSON.stringify(event)).join("\n");
    throw new Error(`${error instanceof Error ? error.message : error}\n${history}`);
  }
}
