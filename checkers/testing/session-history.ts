import type { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/index.ts";
import type { BareEvent } from "./history-of.ts";

/** How a small history of registers looks. Every value is written once per key; the chances are of each operation. */
export interface SessionShape {
  readonly operations: number;
  readonly processes: number;
  readonly keys: readonly string[];
  /** Writes and compare-and-set; the rest are reads. */
  readonly writes: number;
  /**
   * What answers: one store; a copy for each process, to which the writes of others come late, in the order of each sender or in any; or
   * chance.
   */
  readonly store: "one" | "fifo copies" | "copies" | "chance";
  /** Reads that are answered by chance. */
  readonly invented: number;
  readonly withCas: boolean;
  /** Operations that end with `info` or never. */
  readonly crashed: number;
  readonly failed: number;
}

/**
 * Shapes of which many histories are valid and many are not, of each model below linearizable. More reads than writes of few keys: what
 * nobody reads refutes nothing.
 */
export function drawnShape(random: Random, operations: number): SessionShape {
  return {
    operations: random.between(Math.ceil(operations / 2), operations),
    processes: random.between(2, 4),
    keys: random.pick([["x"], ["x"], ["x", "y"], ["x", "y"], ["x", "y", "z"]]),
    writes: random.pick([0.3, 0.4, 0.5]),
    store: random.pick(["one", "fifo copies", "copies", "chance", "chance", "chance", "chance"]),
    invented: random.pick([0.1, 0.3, 0.6]),
    withCas: random.chance(0.25),
    crashed: random.pick([0, 0, 0.1, 0.3]),
    failed: random.pick([0, 0.1]),
  };
}

/** What clients of such a store see. An operation takes effect when it completes; of a crashed one nobody knows. */
export function sessionHistory(random: Random, shape: SessionShape): BareEvent[] {
  const events: BareEvent[] = [];
  const store = storeOf(random, shape);
  const ids = Array.from({ length: shape.processes }, (_, thread) => thread);
  const open = new Map<number, BareEvent>();
  const written = new Map<string, Json[]>(shape.keys.map((key) => [key, [null]]));
  let nextId = shape.processes;
  let fresh = 0;
  let invoked = 0;
  while (invoked < shape.operations || open.size > 0) {
    const thread = random.int(shape.processes);
    const begun = open.get(thread);
    store.deliver();
    if (begun === undefined) {
      if (invoked >= shape.operations) continue;
      invoked++;
      const event = ask(thread);
      open.set(thread, event);
      events.push(event);
      continue;
    }
    open.delete(thread);
    complete(thread, begun);
  }
  // Only now it is known what was ever written.
  return events.map((event) => {
    if (event.type !== "ok" || event.f !== "read") return event;
    const isInvented = shape.store === "chance" || random.chance(shape.invented);
    return isInvented ? { ...event, value: random.pick(written.get(event.key as string) as Json[]) } : event;
  });

  function ask(thread: number): BareEvent {
    const key = random.pick(shape.keys);
    const process = ids[thread] as number;
    const invocation = { type: "invoke", process, key } as const;
    if (!random.chance(shape.writes)) return { ...invocation, f: "read", value: null };
    const value = ++fresh;
    (written.get(key) as Json[]).push(value);
    if (!shape.withCas || random.chance(0.5)) return { ...invocation, f: "write", value };
    return { ...invocation, f: "cas", value: [store.read(thread, key), value] };
  }

  function complete(thread: number, { process, f, key, value }: BareEvent): void {
    const at = key as string;
    const end = { process, f, ...(key === undefined ? {} : { key }), value };
    if (random.chance(shape.crashed)) {
      const isSeen = random.chance(0.5);
      if (random.chance(0.5)) take(thread, f, at, value);
      if (isSeen) events.push({ ...end, type: "info" });
      // Some tools let a process go on after an operation of which nobody knows.
      if (!isSeen || random.chance(0.7)) ids[thread] = nextId++;
      return;
    }
    if (f === "read") events.push({ ...end, type: "ok", value: store.read(thread, at) });
    else {
      const failed = random.chance(shape.failed) || !take(thread, f, at, value);
      events.push({ ...end, type: failed ? "fail" : "ok" });
    }
  }

  function take(thread: number, f: string, key: string, value: Json): boolean {
    if (f === "read") return true;
    if (f === "write") store.write(thread, key, value);
    else {
      const [from, to] = value as [Json, Json];
      // Chance does not compare.
      if (shape.store !== "chance" && store.read(thread, key) !== from) return false;
      store.write(thread, key, to);
    }
    return true;
  }
}

interface Store {
  read(thread: number, key: string): Json;
  write(thread: number, key: string, value: Json): void;
  deliver(): void;
}

function storeOf(random: Random, { store, processes }: SessionShape): Store {
  const copies = Array.from({ length: processes }, () => new Map<string, Json>());
  const copyOf = (thread: number) => copies[store === "one" ? 0 : thread] as Map<string, Json>;
  const late: { to: number; from: number; key: string; value: Json }[] = [];
  return {
    read: (thread, key) => copyOf(thread).get(key) ?? null,
    write(thread, key, value) {
      copyOf(thread).set(key, value);
      if (store === "one") return;
      for (let to = 0; to < processes; to++) if (to !== thread) late.push({ to, from: thread, key, value });
    },
    deliver() {
      while (late.length > 0 && random.chance(0.4)) {
        const drawn = random.int(late.length);
        const { from, to } = late[drawn] as { from: number; to: number };
        const at =
          store === "copies" ? drawn : late.findIndex((each) => each.from === from && each.to === to);
        for (const { key, value } of late.splice(at, 1)) copies[to]?.set(key, value);
      }
    },
  };
}
