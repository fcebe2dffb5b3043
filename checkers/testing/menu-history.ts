import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { Model, ModelOperation } from "../models/index.ts";
import type { BareEvent } from "./history-of.ts";

/** An operation that may be asked for, and what may be answered. */
interface Dish {
  readonly f: string;
  readonly input: Json;
  readonly outputs: readonly Json[];
}

const dish = (f: string, input: Json, ...outputs: Json[]): Dish => ({
  f,
  input,
  outputs: outputs.length === 0 ? [input] : outputs,
});
const container = (put: string, take: string, peek: string): Dish[] => [
  ...[1, 2, 3].map((value) => dish(put, value)),
  dish(take, null, 1, 2, 3, null),
  dish(take, null, 1, 2, 3, null),
  dish(peek, null, 1, 2, 3, null),
];
const lists = [[], [1], [2], [1, 2], [2, 1], [1, 2, 3], [2, 1, 3], [1, 1]];

const setMenu: readonly Dish[] = [
  ...[1, 2, 3].map((x) => dish("add", x)),
  ...[1, 2].map((x) => dish("add", [x, null], [x, true], [x, false])),
  ...[1, 2].map((x) => dish("remove", [x, null], [x, true], [x, false])),
  dish("contains", [1, null], [1, true], [1, false]),
  dish("read", null, ...lists),
];

/** Operations of every built-in model over few values, by the name of the model. */
export const MENUS: Readonly<Record<string, readonly Dish[]>> = {
  register: [dish("write", 1), dish("write", 2), dish("read", null, null, 1, 2)],
  "cas-register": [
    dish("write", 1),
    dish("cas", [1, 2]),
    dish("cas", [2, 1]),
    dish("cas", [2, 3]),
    dish("read", null, null, 1, 2, 3),
  ],
  "multi-register": [
    dish("txn", [["w", "x", 1]]),
    dish("txn", [
      ["w", "x", 2],
      ["w", "y", 2],
    ]),
    dish("txn", [["r", "x", null]], ...[null, 1, 2].map((v) => [["r", "x", v]])),
    dish(
      "txn",
      [
        ["r", "y", null],
        ["w", "y", 1],
      ],
      ...[null, 1, 2].map((v) => [
        ["r", "y", v],
        ["w", "y", 1],
      ]),
    ),
  ],
  append: [
    dish("txn", [["append", "x", 1]]),
    dish("txn", [
      ["append", "x", 2],
      ["append", "y", 2],
    ]),
    dish("txn", [["r", "x", null]], ...[null, [1], [2], [1, 2], [2, 1]].map((v) => [["r", "x", v]])),
    dish(
      "txn",
      [
        ["r", "y", null],
        ["append", "y", 1],
      ],
      ...[null, [1], [2], [2, 1]].map((v) => [
        ["r", "y", v],
        ["append", "y", 1],
      ]),
    ),
  ],
  kv: [
    dish("put", "a"),
    dish("append", "b"),
    dish("delete", null),
    dish("get", null, null, "a", "b", "ab", "bb"),
  ],
  "mv-register": [...[1, 2, 3].map((x) => dish("write", x)), dish("read", null, ...lists)],
  set: setMenu,
  "or-set": setMenu,
  list: [
    dish("insert", [1, null]),
    dish("insert", [2, null]),
    dish("insert", [2, 1]),
    dish("insert", [3, 2]),
    dish("remove", 1),
    dish("read", null, ...lists),
  ],
  bag: [...[1, 2, 3].map((value) => dish("add", value)), dish("remove", null, 1, 2, 3, null)],
  queue: container("enqueue", "dequeue", "peek"),
  stack: container("push", "pop", "peek"),
  "priority-queue": container("insert", "poll", "peek"),
  counter: [
    dish("add", 1),
    dish("add", 2),
    dish("read", null, 0, 1, 2, 3, 4),
    dish("add-and-get", 1, [1, 1], [1, 2], [1, 3], [1, 4]),
  ],
  echo: [dish("echo", 1, 1, 2), dish("echo", "a"), dish("echo", null)],
  "unique-ids": [dish("generate", null, 1, 2, 3, 4, 5)],
  log: [
    ...[1, 2, 3].map((value) => dish("append", value)),
    dish("append", 1, [1, 0], [1, 1], [1, 2]),
    dish("read", null, ...lists),
    dish("read", 1, [1], [1, 2], [1, 1], [1, 2, 3]),
  ],
  mutex: [dish("acquire", null), dish("release", null)],
  "owner-aware-mutex": [
    dish("acquire", "a"),
    dish("acquire", "b"),
    dish("release", "a"),
    dish("release", "b"),
  ],
  "fenced-lock": [dish("acquire", null, 1, 2, 3, 4), ...[1, 2, 3].map((token) => dish("release", token))],
  "leased-lock": [
    dish("acquire", null, 1, 2, 3, 4),
    ...[1, 2, 3].map((token) => dish("write", [token, "v"])),
    dish("release", 2),
  ],
  semaphore: [dish("acquire", null), dish("release", null)],
};

/** What happens at the table. */
export interface Evening {
  readonly operations: number;
  readonly processes: number;
  /** Operations that end with `info` or never. */
  readonly crashed: number;
  /** Answers that are made up. */
  readonly wrong: number;
}

/**
 * What clients of one object see that mostly behaves: each operation takes effect at one instant, and is then answered as
 * the model has it, or else as chance has it, also where the model has no answer.
 *
 * For tests of what a check shows, orders and witnesses: questions and answers are few, so that a wrong answer is one that other
 * operations nearly allow, and it takes several of them to show it. `clientHistory` is for tests of verdicts: of any size, with
 * several keys and failures, and surely valid where that is asked for, which this one cannot promise; but what its clients
 * invent is more often an answer that nobody could have had.
 */
export function menuHistory(
  model: Model,
  menu: readonly Dish[],
  random: Random,
  { operations, processes, crashed, wrong }: Evening,
): BareEvent[] {
  const events: BareEvent[] = [];
  const open = new Map<number, { dish: Dish; answer?: Json }>();
  const ids = Array.from({ length: processes }, (_, process) => process);
  let state = model.init;
  let invoked = 0;
  const takeEffect = (chosen: Dish, id: number): Json => {
    const guesses = chosen.outputs.map((output): { output: Json; after: Json }[] => {
      const operation: ModelOperation = { f: chosen.f, input: chosen.input, output, type: "ok", process: id };
      const step = model.step(state, operation);
      return "rejected" in step ? [] : [{ output, after: step.state }];
    });
    const right = guesses.flat();
    if (right.length === 0 || random.chance(wrong)) return random.pick(chosen.outputs);
    const { output, after } = random.pick(right);
    state = after;
    return output;
  };
  while (invoked < operations || open.size > 0) {
    const process = random.int(processes);
    const id = ids[process] as number;
    const running = open.get(process);
    if (running === undefined) {
      if (invoked++ >= operations) continue;
      const chosen = random.pick(menu);
      open.set(process, { dish: chosen });
      events.push({ type: "invoke", process: id, f: chosen.f, value: chosen.input });
      continue;
    }
    const { f, input } = running.dish;
    if (running.answer === undefined && random.chance(0.8)) {
      open.set(process, { dish: running.dish, answer: takeEffect(running.dish, id) });
      if (random.chance(0.5)) continue;
    }
    const { answer } = open.get(process) ?? {};
    if (answer === undefined && !random.chance(crashed)) continue;
    open.delete(process);
    if (answer === undefined || random.chance(crashed)) {
      ids[process] = id + processes;
      if (random.chance(0.5)) events.push({ type: "info", process: id, f, value: input });
    } else events.push({ type: "ok", process: id, f, value: answer });
  }
  return events;
}
