import type { Json } from "../../harness/history/index.ts";
import type { Clients, Question, Values } from "./client-history.ts";

const list = (state: Json) => state as readonly Json[];
const pair = (value: Json) => value as readonly [Json, Json];
/** A value, or null for "there was none". */
const someOrNull = ({ random, some }: Values): Json => (random.chance(0.2) ? null : some());

const registerClients: Clients = {
  ask: ({ random, fresh }) =>
    random.chance(0.5) ? { f: "read", input: null } : { f: "write", input: fresh() },
  answer: (state, { f, input }) => (f === "read" ? state : input),
  invent: ({ f, input }, values) => (f === "read" ? someOrNull(values) : input),
};

const mvRegisterClients: Clients = {
  ...registerClients,
  invent: ({ f, input }, { random, some }) => (f === "read" ? (random.chance(0.2) ? [] : [some()]) : input),
};

/** A container that itself says what comes out: its state has that first. */
function containerClients(put: string, take: string): Clients {
  return {
    ask: ({ random, fresh }) =>
      random.chance(0.45)
        ? { f: put, input: fresh() }
        : { f: random.chance(0.75) ? take : "peek", input: null },
    answer: (state, { f, input }) => (f === put ? input : (list(state)[0] ?? null)),
    invent: ({ f, input }, values) => (f === put ? input : someOrNull(values)),
  };
}

const kvClients: Clients = {
  ask({ random, fresh }) {
    const f = random.pick(["get", "get", "put", "append", "delete"]);
    const input = f === "put" || f === "append" ? `${fresh()}` : null;
    return { f, input };
  },
  answer: (state, { f, input }) => (f === "get" ? state : input),
  invent({ f, input }, { random, some }) {
    if (f !== "get") return input;
    return random.pick([null, "", `${some()}`, `${some()}${some()}`]);
  },
};

const multiRegisterClients = (init: Json): Clients => ({
  ask: ({ random, fresh }) => ({
    f: "txn",
    input: Array.from({ length: random.between(1, 3) }, (): Json => {
      const key = random.pick(["x", "y", 1]);
      return random.chance(0.5) ? ["r", key, null] : ["w", key, fresh()];
    }),
  }),
  answer(state, { input }) {
    const held = new Map(list(state).map((entry) => pair(entry)));
    return list(input).map((part): Json => {
      const [f, key, value] = part as readonly [string, Json, Json];
      if (f === "w") held.set(key, value);
      return f === "w" ? part : [f, key, held.get(key) ?? init];
    });
  },
  invent: ({ input }, values) =>
    list(input).map((part): Json => {
      const [f, key] = part as readonly [string, Json, Json];
      return f === "w" ? part : [f, key, someOrNull(values)];
    }),
});

const appendClients: Clients = {
  ask: ({ random, fresh }) => ({
    f: "txn",
    input: Array.from({ length: random.between(1, 3) }, (): Json => {
      const key = random.pick(["x", "y", 1]);
      return random.chance(0.5) ? ["r", key, null] : ["append", key, fresh()];
    }),
  }),
  answer(state, { input }) {
    const held = new Map(list(state).map((entry) => pair(entry) as readonly [Json, readonly Json[]]));
    return list(input).map((part): Json => {
      const [f, key, value] = part as readonly [string, Json, Json];
      const before = held.get(key) ?? [];
      if (f === "append") held.set(key, [...before, value]);
      return f === "append" ? part : [f, key, before];
    });
  },
  invent: ({ input }, { random, some }) =>
    list(input).map((part): Json => {
      const [f, key] = part as readonly [string, Json, Json];
      return f === "append" ? part : [f, key, Array.from({ length: random.int(3) }, some)];
    }),
};

const setClients: Clients = {
  ask({ random, fresh, some }) {
    const f = random.pick(["add", "add", "add", "remove", "contains", "contains", "read"]);
    if (f === "read") return { f, input: null };
    const element = f === "add" ? fresh() : some();
    return { f, input: f === "contains" || random.chance(0.7) ? [element, null] : element };
  },
  answer(state, { f, input }, { random }) {
    if (f === "read") return random.shuffle(list(state));
    if (!Array.isArray(input)) return input;
    const element = pair(input)[0];
    const present = list(state).includes(element);
    return [element, f === "contains" ? present : present === (f === "remove")];
  },
  invent({ f, input }, { random, some }) {
    if (f === "read") return Array.from({ length: random.int(3) }, some);
    if (!Array.isArray(input)) return input;
    return [pair(input)[0], random.chance(0.1) ? null : random.chance(0.5)];
  },
};

const listClients: Clients = {
  ask({ random, fresh, some }) {
    const f = random.pick(["insert", "insert", "insert", "remove", "read"]);
    if (f === "read") return { f, input: null };
    return { f, input: f === "remove" ? some() : [fresh(), random.chance(0.5) ? null : some()] };
  },
  answer(state, { f, input }) {
    const elements = list(state).map((entry) => pair(entry));
    const has = (id: Json) => elements.some(([each]) => each === id);
    if (f === "read") return elements.flatMap(([id, isThere]) => (isThere === true ? [id] : []));
    if (f === "remove") return has(input) ? input : undefined;
    const [id, after] = pair(input);
    return has(id) || (after !== null && !has(after)) ? undefined : input;
  },
  invent: ({ f, input }, { random, some }) =>
    f === "read" ? Array.from({ length: random.int(3) }, some) : input,
};

const bagClients: Clients = {
  ask: ({ random, fresh }) =>
    random.chance(0.5) ? { f: "add", input: fresh() } : { f: "remove", input: null },
  answer: (state, { f, input }, { random }) =>
    f === "add" ? input : (random.shuffle(list(random.pick(list(state)) as Json))[0] ?? null),
  invent: ({ f, input }, values) => (f === "add" ? input : someOrNull(values)),
};

const counterClients: Clients = {
  ask({ random, fresh }) {
    const f = random.pick(["add", "read", "add-and-get"]);
    return { f, input: f === "read" ? null : random.chance(0.3) ? -random.int(3) : fresh() };
  },
  answer(state, { f, input }) {
    if (f === "add") return input;
    return f === "read" ? state : [input, (state as number) + (input as number)];
  },
  invent({ f, input }, { random }) {
    if (f === "add") return input;
    return f === "read" ? random.between(-1, 7) : [input, random.between(-1, 7)];
  },
};

const uniqueIdsClients: Clients = {
  ask: () => ({ f: "generate", input: null }),
  answer: (state, _, { random }) => {
    const ids = list(state);
    return random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].filter((id) => !ids.includes(id)));
  },
  invent: (_, { random }) => random.int(12),
};

const logClients: Clients = {
  ask({ random, fresh }) {
    if (random.chance(0.5)) return { f: "append", input: fresh() };
    return { f: "read", input: random.chance(0.5) ? null : random.int(3) };
  },
  answer(state, { f, input }, { random }) {
    if (f === "append") return random.chance(0.5) ? input : [input, list(state).length];
    return input === null ? state : [input, ...list(state).slice(input as number)];
  },
  invent({ f, input }, { random, some }) {
    if (f === "append") return random.chance(0.3) ? input : [input, random.int(4)];
    const values = Array.from({ length: random.int(3) }, some);
    return input === null ? values : [input, ...values];
  },
};

/** Acquire and release in turns, more or less. `free`: whether somebody can acquire. */
function lockClients(free: (state: Json) => boolean, held: (state: Json) => boolean): Clients {
  return {
    ask: ({ random }, state) => ({
      f: random.chance(free(state) ? 0.7 : 0.3) ? "acquire" : "release",
      input: null,
    }),
    answer: (state, { f }) => ((f === "acquire" ? free(state) : held(state)) ? null : undefined),
    invent: () => null,
  };
}

const ownerAwareMutexClients: Clients = {
  ask: ({ random }, state) => ({
    f: random.chance(state === null ? 0.7 : 0.3) ? "acquire" : "release",
    input: random.pick([null, null, "a", "b"]),
  }),
  answer(state, { f, input, process }) {
    if (f === "acquire") return state === null ? input : undefined;
    const owner = JSON.stringify(input ?? ["process", process]);
    return JSON.stringify(state) === owner ? input : undefined;
  },
  invent: ({ input }) => input,
};

const echoClients: Clients = {
  ask: (values) => ({ f: "echo", input: values.some() }),
  answer: (_state, { input }) => input,
  invent: (_question, values) => values.some(),
};

type Fence = { readonly last: number | null; readonly holder: Json };

const fencedLockClients: Clients = {
  ask({ random, some }, state): Question {
    const { holder } = state as Fence;
    if (random.chance(holder === null ? 0.8 : 0.3)) return { f: "acquire", input: null };
    return { f: "release", input: typeof holder === "number" && random.chance(0.8) ? holder : some() };
  },
  answer(state, { f, input }, { random }) {
    const { last, holder } = state as Fence;
    if (f === "acquire") return holder === null ? (last ?? 0) + random.between(1, 2) : undefined;
    return holder === input || (holder === "unknown" && (input as number) > (last ?? 0)) ? input : undefined;
  },
  invent: ({ f, input }, { random }) => (f === "release" ? input : random.between(1, 6)),
};

type Lease = { readonly last: number | null; readonly fence: number | null; readonly unknown: boolean };

const leasedLockClients: Clients = {
  ask({ random, some }) {
    if (random.chance(0.4)) return { f: "acquire", input: null };
    return random.chance(0.8) ? { f: "write", input: [some(), "v"] } : { f: "release", input: some() };
  },
  answer(state, { f, input }, { random }) {
    const { last, fence, unknown } = state as Lease;
    if (f === "acquire") return (last ?? 0) + random.between(1, 2);
    const token = (f === "write" ? pair(input)[0] : input) as number;
    const isGivenOut = unknown || token <= (last ?? 0);
    return isGivenOut && (f === "release" || token >= (fence ?? 0)) ? input : undefined;
  },
  invent: ({ f, input }, { random }) => (f === "acquire" ? random.between(1, 6) : input),
};

const casRegisterClients: Clients = {
  ask: (values, state) =>
    values.random.chance(0.4)
      ? { f: "cas", input: [values.some(), values.fresh()] }
      : registerClients.ask(values, state),
  answer: (state, question, values) =>
    question.f === "cas"
      ? pair(question.input)[0] === state
        ? question.input
        : undefined
      : registerClients.answer(state, question, values),
  invent: (question, values) =>
    question.f === "cas"
      ? values.random.chance(0.6)
        ? question.input
        : undefined
      : registerClients.invent(question, values),
  mayFail: (f) => f !== "cas",
};

/** Clients of every built-in model, by its name, given what it holds at first. */
export const modelClients: Readonly<Record<string, (init: Json) => Clients>> = {
  register: () => registerClients,
  "cas-register": () => casRegisterClients,
  "multi-register": multiRegisterClients,
  "mv-register": () => mvRegisterClients,
  kv: () => kvClients,
  append: () => appendClients,
  set: () => setClients,
  "or-set": () => setClients,
  list: () => listClients,
  bag: () => bagClients,
  queue: () => containerClients("enqueue", "dequeue"),
  stack: () => containerClients("push", "pop"),
  "priority-queue": () => containerClients("insert", "poll"),
  counter: () => counterClients,
  echo: () => echoClients,
  "unique-ids": () => uniqueIdsClients,
  log: () => logClients,
  mutex: () =>
    lockClients(
      (state) => state === "free",
      (state) => state === "held",
    ),
  "owner-aware-mutex": () => ownerAwareMutexClients,
  "fenced-lock": () => fencedLockClients,
  "leased-lock": () => leasedLockClients,
  semaphore: (permits) =>
    lockClients(
      (state) => (state as number) > 0,
      (state) => (state as number) < (permits as number),
    ),
};
