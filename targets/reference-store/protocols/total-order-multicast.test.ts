import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { evidenceBeyond } from "../testing/evidence.ts";
import { keysNotLinearizable } from "../testing/linearizable.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { messagesInOrder, type TotalOrderMessage, totalOrderMulticast } from "./total-order-multicast.ts";

const write = request("write", 1);

function multicast(time: number, issued = 1, value = 9): TotalOrderMessage {
  const messages = [{ time, request: request("write", value, { client: "c9" }) }];
  return { type: "Multicast", first: issued, messages, time, issued };
}

function acknowledge(time: number, issued = 0): TotalOrderMessage {
  return { type: "Acknowledge", upTo: 0, time, issued };
}

describe("total-order-multicast", () => {
  it("delivers the head of the queue when every process is past its time", () => {
    const { ask, hear } = oneNode(totalOrderMulticast, { id: "n1" });
    expect(repliesIn(ask(write))).toEqual([]);
    expect(repliesIn(hear("n2", acknowledge(1)))).toEqual([]);
    expect(repliesIn(hear("n3", acknowledge(0)))).toEqual([]);
    expect(repliesIn(hear("n3", acknowledge(1)))).toEqual([{ type: "ok", value: 1 }]);
  });

  it("does not count an acknowledgement before what its process multicast earlier", () => {
    const { ask, hear } = oneNode(totalOrderMulticast, { id: "n2" });
    ask(request("read", null));
    hear("n3", acknowledge(5));
    expect(repliesIn(hear("n1", acknowledge(5, 1)))).toEqual([]);
    expect(repliesIn(hear("n1", multicast(1)))).toEqual([{ type: "ok", value: 9 }]);
  });

  it("orders messages of one time by their senders, whoever came first", () => {
    const answers = ["n1", "n3"].map((sender) => {
      const { ask, hear } = oneNode(totalOrderMulticast, { id: "n2" });
      ask(request("read", null));
      hear(sender, multicast(1));
      hear(sender, acknowledge(5, 1));
      return repliesIn(hear(sender === "n1" ? "n3" : "n1", acknowledge(5)));
    });
    expect(answers).toEqual([[{ type: "ok", value: 9 }], [{ type: "ok", value: null }]]);
  });

  it("makes its time durable before anybody hears of it, and goes on from there", () => {
    const { hear } = oneNode(totalOrderMulticast, { id: "n1" });
    const effects = hear("n2", multicast(7));
    const kinds = effects.map((effect) => effect.type);
    expect(kinds.indexOf("send")).toBeGreaterThan(kinds.lastIndexOf("write"));
    expect(kinds.indexOf("send")).toBeGreaterThan(kinds.lastIndexOf("sync"));
    expect(effects).toContainEqual({ type: "write", name: "time", value: 7 });
    const disk = { records: new Map([["time", 7]]), logs: new Map() };
    const again = oneNode(totalOrderMulticast, { id: "n1", disk });
    expect(sentTo(again.ask(write), "n2")).toMatchObject([{ messages: [{ time: 8 }] }]);
  });

  const evidence = evidenceBeyond({ faults: 8, acknowledged: 40 });

  it.each(seeds(20))(
    "seed %i: delivers one order everywhere, stays linearizable and comes back, whatever strikes",
    async (seed) => {
      const order: string[] = [];
      const seen = new Map<string, number>();
      const run = await chaosRun({
        protocol: totalOrderMulticast,
        seed,
        nodes: seed % 3 === 0 ? 3 : 5,
        observe: ({ state }) => {
          if (seen.get(state.id) === state.delivered) return;
          seen.set(state.id, state.delivered);
          const delivered = messagesInOrder(state.logs).slice(0, state.delivered);
          for (const { sender, time } of delivered.slice(order.length)) order.push(`${sender} ${time}`);
          const { sender, time } = delivered.at(-1) ?? { sender: state.id, time: 0 };
          const other = order[delivered.length - 1] ?? `${sender} ${time}`;
          if (other !== `${sender} ${time}`) throw new Error(`${other} was ${sender} ${time} at ${state.id}`);
        },
      });
      expect(keysNotLinearizable(run.operations)).toEqual([]);
      expect(run.recoveryNs).toBeLessThan(5 * NS_PER_S);
      evidence.count(run);
    },
    60_000,
  );

  it("saw enough on the way to mean something", () => {
    expect(evidence.lacking()).toEqual([]);
  });
});
