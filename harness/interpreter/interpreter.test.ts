import { describe, expect, test } from "vitest";
import { type Clock, NS_PER_MS, NS_PER_S, Random, RealClock, VirtualClock, Wakeup } from "../clock/index.ts";
import {
  clients,
  clientsAndNemesis,
  concurrentKeys,
  type Generator,
  limit,
  nemesis,
  operation,
  phases,
  repeat,
  sequence,
  sleep,
  timeLimit,
  until,
} from "../generator/index.ts";
import type { HistoryEvent } from "../history/index.ts";
import { MemoryRecorder } from "../history/recorder.ts";
import { type Client, ClientError, type Completion, type Invocation } from "../ports/index.ts";
import { type InterpreterSetup, interpret } from "./interpreter.ts";

type Answer = (invocation: Invocation, signal: AbortSignal) => Promise<Completion>;

const read = operation({ f: "read" });
const write = (value: number) => operation({ f: "write", value });

/** Runs a generator against clients that answer as given; the events, as the recorder has them. */
async function record(
  generator: Generator,
  given: {
    clock?: Clock;
    concurrency?: number;
    answer?: Answer;
    open?: InterpreterSetup["openClient"];
    nemesis?: InterpreterSetup["nemesis"];
    wakeup?: Wakeup;
    close?: () => Promise<void>;
    log?: (message: string) => void;
  } = {},
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  const answer: Answer = given.answer ?? (async ({ value }) => ({ type: "ok", value }));
  const client: Client = { invoke: answer, close: given.close ?? (async () => {}) };
  await interpret({
    clock: given.clock ?? new VirtualClock(),
    random: new Random(1),
    generator,
    concurrency: given.concurrency ?? 1,
    openClient: given.open ?? (async () => client),
    nemesis: given.nemesis ?? (async ({ value }) => ({ type: "ok", value })),
    hasEffect: (f) => f !== "read",
    recorder: new MemoryRecorder(),
    opTimeoutNs: NS_PER_S,
    nemesisTimeoutNs: 10 * NS_PER_S,
    wakeup: given.wakeup ?? new Wakeup(),
    onEvent: (event) => events.push(event),
    log: given.log ?? (() => {}),
  });
  return events;
}

const brief = (events: readonly HistoryEvent[]) =>
  events.map(({ process, type, f, time }) => `${process} ${type} ${f} @${time / NS_PER_MS}`);

describe("operations", () => {
  test("have an invocation and a completion, numbered in the order in which they were seen", async () => {
    const clock = new VirtualClock();
    const answer: Answer = async ({ value }) => {
      await clock.sleep(5 * NS_PER_MS);
      return { type: "ok", value, node: "n1" };
    };
    const events = await record(clients(sequence(write(1), write(2))), { clock, answer });
    expect(brief(events)).toEqual([
      "0 invoke write @0",
      "0 ok write @5",
      "0 invoke write @5",
      "0 ok write @10",
    ]);
    expect(events.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(events[1]?.node).toBe("n1");
  });

  test("of several threads are under way together", async () => {
    const clock = new VirtualClock();
    const answer: Answer = async ({ value }) => {
      await clock.sleep(5 * NS_PER_MS);
      return { type: "ok", value };
    };
    const events = await record(clients(limit(3, repeat(read))), { clock, answer, concurrency: 3 });
    expect(events.map(({ type }) => type)).toEqual(["invoke", "invoke", "invoke", "ok", "ok", "ok"]);
  });

  test("are invoked only after every answer that is already there has been recorded", async () => {
    const clock = new VirtualClock();
    let round: Promise<void> | undefined;
    const answer: Answer = async ({ value }) => {
      round ??= clock.sleep(NS_PER_MS).finally(() => {
        round = undefined;
      });
      await round;
      return { type: "ok", value };
    };
    const events = await record(clients(limit(8, repeat(read))), { clock, answer, concurrency: 4 });
    const four = (type: string) => [type, type, type, type];
    expect(events.map(({ type }) => type)).toEqual(["invoke", "ok", "invoke", "ok"].flatMap(four));
  });
});

describe("clients that fail", () => {
  test("a throw becomes info for an operation with an effect, and the thread goes on as another process", async () => {
    const answer: Answer = async () => {
      throw new Error("socket hang up");
    };
    const events = await record(clients(limit(2, repeat(write(1)))), { answer, concurrency: 1 });
    expect(events.map(({ process, type }) => [process, type])).toEqual([
      [0, "invoke"],
      [0, "info"],
      [1, "invoke"],
      [1, "info"],
    ]);
    expect(events[1]?.error).toEqual({ code: "client-threw", message: "socket hang up" });
  });

  test("process ids move on by the number of threads", async () => {
    const answer: Answer = async () => {
      throw new Error("lost");
    };
    const events = await record(clients(limit(6, repeat(write(1)))), { answer, concurrency: 3 });
    const invoked = events.filter(({ type }) => type === "invoke").map(({ process }) => Number(process));
    expect(new Set(invoked).size).toBe(6);
    expect(invoked.map((process) => process % 3).sort()).toHaveLength(6);
  });

  test("any error of an operation without effect is fail, and the process goes on", async () => {
    const answer: Answer = async () => {
      throw new Error("lost");
    };
    const events = await record(clients(limit(2, repeat(read))), { answer });
    expect(events.map(({ process, type }) => [process, type])).toEqual([
      [0, "invoke"],
      [0, "fail"],
      [0, "invoke"],
      [0, "fail"],
    ]);
  });

  test("a definite error is fail", async () => {
    const answer: Answer = async () => {
      throw new ClientError({ code: "refused", message: "not sent", definite: true, node: "n2" });
    };
    const events = await record(clients(write(1)), { answer });
    expect(events[1]).toMatchObject({ type: "fail", error: { code: "refused" }, node: "n2" });
  });

  test("a client that cannot connect is fail, and the next operation tries again", async () => {
    let attempts = 0;
    const events = await record(clients(limit(2, repeat(write(1)))), {
      open: async () => {
        if (attempts++ === 0) throw new Error("connection refused");
        return { invoke: async ({ value }) => ({ type: "ok", value }), close: async () => {} };
      },
    });
    expect(events.map(({ type }) => type)).toEqual(["invoke", "fail", "invoke", "ok"]);
    expect(events[1]?.error).toEqual({ code: "no-client", message: "cannot connect: connection refused" });
  });

  test("a client that threw is closed and not used again", async () => {
    let opened = 0;
    let closed = 0;
    await record(clients(limit(3, repeat(write(1)))), {
      open: async () => {
        opened++;
        return {
          invoke: async () => {
            throw new Error("lost");
          },
          close: async () => {
            closed++;
          },
        };
      },
    });
    expect({ opened, closed }).toEqual({ opened: 3, closed: 3 });
  });

  test("a close that fails is told and changes nothing", async () => {
    const messages: string[] = [];
    const events = await record(clients(read), {
      close: async () => {
        throw new Error("already gone");
      },
      log: (message) => messages.push(message),
    });
    expect(events.map(({ type }) => type)).toEqual(["invoke", "ok"]);
    expect(messages).toEqual(["thread 0: closing a client failed: already gone"]);
  });
});

describe("an operation without an answer", () => {
  test("is completed at its deadline, its signal aborts, and its late answer is dropped", async () => {
    const clock = new VirtualClock();
    const aborted: boolean[] = [];
    const answer: Answer = async ({ value }, signal) => {
      if (value === 1) {
        await clock.sleep(1500 * NS_PER_MS);
        aborted.push(signal.aborted);
      }
      return { type: "ok", value };
    };
    const events = await record(clients(sequence(write(1), write(2), sleep(NS_PER_S), write(3))), {
      clock,
      answer,
    });
    expect(brief(events).slice(0, 4)).toEqual([
      "0 invoke write @0",
      "0 info write @1000",
      "1 invoke write @1000",
      "1 ok write @1000",
    ]);
    expect(events[1]?.error).toEqual({ code: "timeout", message: "no answer in time" });
    expect(aborted).toEqual([true]);
  });

  test("of a connection that opens too late is never sent", async () => {
    const clock = new VirtualClock();
    const sent: unknown[] = [];
    let first = true;
    const events = await record(clients(sequence(write(1), sleep(5 * NS_PER_S), read)), {
      clock,
      open: async () => {
        if (first) await clock.sleep(3 * NS_PER_S);
        first = false;
        return {
          invoke: async ({ value }) => {
            sent.push(value);
            return { type: "ok", value };
          },
          close: async () => {},
        };
      },
    });
    expect(brief(events).slice(0, 2)).toEqual(["0 invoke write @0", "0 info write @1000"]);
    expect(sent).toEqual([null]);
  });
});

describe("the nemesis", () => {
  test("runs on a thread of its own and never ends in info", async () => {
    const events = await record(nemesis(sequence(operation({ f: "kill" }), operation({ f: "restart" }))), {
      nemesis: async ({ f, value }) => {
        if (f === "kill") throw new Error("engine gone");
        return { type: "ok", value };
      },
    });
    expect(events.map(({ process, type, f }) => [process, type, f])).toEqual([
      ["nemesis", "invoke", "kill"],
      ["nemesis", "fail", "kill"],
      ["nemesis", "invoke", "restart"],
      ["nemesis", "ok", "restart"],
    ]);
  });

  test("does not wait for clients, nor they for it", async () => {
    const clock = new VirtualClock();
    const events = await record(
      clientsAndNemesis(limit(3, repeat(read)), limit(1, repeat(operation({ f: "pause" })))),
      {
        clock,
        answer: async ({ value }) => {
          await clock.sleep(10 * NS_PER_MS);
          return { type: "ok", value };
        },
        nemesis: async ({ value }) => {
          await clock.sleep(25 * NS_PER_MS);
          return { type: "ok", value };
        },
      },
    );
    expect(events.at(-1)).toMatchObject({ type: "ok", time: 30 * NS_PER_MS });
    expect(events.find(({ process, type }) => process === "nemesis" && type === "ok")?.time).toBe(
      25 * NS_PER_MS,
    );
  });
});

describe("the end", () => {
  test("comes when the generator is done and every operation has completed", async () => {
    const clock = new VirtualClock();
    const events = await record(timeLimit(20 * NS_PER_MS, clients(repeat(read))), {
      clock,
      answer: async ({ value }) => {
        await clock.sleep(15 * NS_PER_MS);
        return { type: "ok", value };
      },
    });
    expect(brief(events)).toEqual([
      "0 invoke read @0",
      "0 ok read @15",
      "0 invoke read @15",
      "0 ok read @30",
    ]);
  });

  test("is reached at once when somebody stops the generator and wakes the run", async () => {
    const clock = new RealClock();
    const wakeup = new Wakeup();
    let stopped = false;
    const stop = clock.sleep(20 * NS_PER_MS).then(() => {
      stopped = true;
      wakeup.wake();
    });
    const endless = sleep(3600 * NS_PER_S);
    const events = await record(
      until(() => stopped, clients(sequence(read, endless, read))),
      { clock, wakeup },
    );
    await stop;
    expect(events).toHaveLength(2);
  });

  test("a generator that is pending for ever is told as such", async () => {
    const stuck: Generator = { op: () => "pending", update: () => stuck };
    await expect(record(stuck)).rejects.toMatchObject({ code: "generator-stuck" });
  });

  test("phases wait for what is under way", async () => {
    const clock = new VirtualClock();
    const events = await record(phases(clients(limit(2, repeat(read))), clients(write(1))), {
      clock,
      concurrency: 2,
      answer: async ({ f, value }) => {
        await clock.sleep(f === "read" ? 10 * NS_PER_MS : NS_PER_MS);
        return { type: "ok", value };
      },
    });
    expect(brief(events).slice(4)).toEqual([expect.stringContaining("invoke write @10"), expect.any(String)]);
  });
});

test("in real time a load of clients that answer at once lets timers run", async () => {
  const clock = new RealClock();
  let ticks = 0;
  const timer = (async () => {
    for (; ticks < 3; ticks++) await clock.sleep(NS_PER_MS);
  })();
  const load = concurrentKeys({
    groups: 2,
    keys: (ordinal) => ordinal,
    generatorFor: () => limit(50, repeat(read)),
  });
  await record(timeLimit(200 * NS_PER_MS, clients(load)), { clock, concurrency: 10 });
  await timer;
  expect(ticks).toBe(3);
});
