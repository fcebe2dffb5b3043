import { describe, expect, test } from "vitest";
import type { TraceEvent } from "../../harness/ports/observer.ts";
import { startCounter } from "./testing/counter.ts";

function watched(network = { meanLatencyNs: 1_000_000, loss: 0, duplication: 0 }) {
  const events: TraceEvent[] = [];
  const counter = startCounter({ network, observer: { trace: (event) => events.push(event) } });
  const of = (type: TraceEvent["type"]) => events.filter((event) => event.type === type);
  return { ...counter, events, of };
}

/** What became of every message: how often it was delivered, and why it was lost. */
function fates(events: readonly TraceEvent[]): Map<number, string[]> {
  const result = new Map<number, string[]>();
  for (const event of events) {
    if (event.type === "send") result.set(event.message, []);
    if (event.type === "deliver") result.get(event.message)?.push("delivered");
    if (event.type === "lose") result.get(event.message)?.push(event.reason);
  }
  return result;
}

describe("who watches a simulated cluster is told", () => {
  test("of a message when it is sent and when it arrives, in true time", async () => {
    const { pass, events, clocks } = watched();
    await clocks.skew({ n1: { offsetNs: -5_000_000, rate: 1 } });
    await pass(19);
    const sent = events.filter((event) => event.type === "send");
    expect(sent).toEqual([
      { timeNs: 10_000_000, type: "send", message: 1, from: "n1", to: "n2", body: "tick" },
      { timeNs: 10_000_000, type: "send", message: 2, from: "n2", to: "n1", body: "tick" },
    ]);
    expect(fates(events)).toEqual(
      new Map([
        [1, ["delivered"]],
        [2, ["delivered"]],
      ]),
    );
    const times = events.map(({ timeNs }) => timeNs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("why one does not arrive: by chance, at a blocked link, at a node that is down", async () => {
    const lossy = watched({ meanLatencyNs: 1_000_000, loss: 1, duplication: 1 });
    await lossy.pass(15);
    expect([...fates(lossy.events).values()]).toEqual([["chance"], ["chance"]]);

    const { pass, partition, kill, events } = watched();
    await partition.block([{ from: "n1", to: "n2" }]);
    await pass(15);
    await partition.heal();
    await pass(10);
    await kill.kill(["n2"]);
    await pass(20);
    const byOrder = [...fates(events)];
    expect(byOrder[0]?.[1]).toEqual(["partition"]);
    expect(byOrder.at(-1)?.[1]).toEqual(["down"]);
  });

  test("of a message that arrives twice, of each arrival", async () => {
    const { pass, events } = watched({ meanLatencyNs: 1_000_000, loss: 0, duplication: 1 });
    await pass(19.9);
    expect(fates(events).get(1)).toEqual(["delivered", "delivered"]);
  });

  test("that a paused node takes a message when it goes on, or loses it when it is killed", async () => {
    const { pass, pause, kill, events, of } = watched();
    await pause.pause(["n2"]);
    await pass(19);
    expect(fates(events).get(1)).toEqual([]);
    await pause.resume(["n2"]);
    expect(fates(events).get(1)).toEqual(["delivered"]);
    await pause.pause(["n2"]);
    const before = of("send").length;
    await pass(10);
    await kill.kill(["n2"]);
    expect(fates(events).get(before + 1)).toEqual(["down"]);
  });

  test("of a request when its node takes it, and of a reply when its client has it", async () => {
    const { connect, call, events } = watched();
    const connection = await connect("n1");
    await call(connection);
    const asked = events.filter(({ type }) => type === "request" || type === "reply");
    expect(asked).toEqual([
      { timeNs: expect.any(Number), type: "request", client: "c-1", node: "n1", body: "count" },
      { timeNs: expect.any(Number), type: "reply", client: "c-1", node: "n1", body: 1 },
    ]);
  });

  test("of no reply that its client does not wait for any more", async () => {
    const { connect, pause, pass, outcome, of } = watched();
    const connection = await connect("n1");
    await pause.pause(["n1"]);
    const abort = new AbortController();
    const answer = outcome(connection.call("count", abort.signal));
    abort.abort();
    await answer;
    await pause.resume(["n1"]);
    await pass(50);
    expect([of("request").length, of("reply").length]).toEqual([1, 0]);
  });

  test("of what happens to nodes, and of the lines of their logs", async () => {
    const { pass, kill, pause, clocks, events } = watched();
    await pass(10);
    await pause.pause(["n1"]);
    await pause.resume(["n1"]);
    await clocks.skew({ n1: { offsetNs: 2_000_000, rate: 1 } });
    await clocks.reset();
    await kill.kill(["n1"]);
    await kill.restart(["n1"]);
    const told = events.flatMap((event) => {
      if (event.type === "node" && event.node === "n1") return [event.what];
      return event.type === "log" && event.node === "n1" ? [event.text] : [];
    });
    expect(told).toEqual([
      "start",
      "tick at 10000000",
      "pause",
      "resume",
      "clock 2 ms ahead",
      "clock right",
      "kill",
      "start",
    ]);
  });
});
