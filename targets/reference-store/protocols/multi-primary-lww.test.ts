import { describe, expect, it } from "vitest";
import { NS_PER_S } from "../../../harness/clock/duration.ts";
import { chaosRun } from "../testing/chaos-run.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { seeds } from "../testing/seeds.ts";
import { type MultiPrimaryMessage, multiPrimaryLww } from "./multi-primary-lww.ts";

const read = request("read", null);

function replicated(value: number, timestamp: readonly [number, string]): MultiPrimaryMessage {
  return { type: "Replicate", writes: [{ key: "x", version: 1, write: { value, timestamp } }] };
}

describe("multi-primary-lww", () => {
  it("acknowledges a write when it is durable here, whoever else has it", () => {
    const effects = oneNode(multiPrimaryLww, { id: "n1" }).ask(request("write", 1));
    expect(effects.map((effect) => effect.type)).toEqual(["write", "sync", "send", "send", "reply"]);
  });

  it("keeps the write with the larger timestamp, and of two that are equal that of the later node", () => {
    const writes = [replicated(2, [5, "n2"]), replicated(3, [5, "n3"]), replicated(4, [4, "n3"])];
    for (const order of [writes, writes.toReversed()]) {
      const { hear, ask } = oneNode(multiPrimaryLww, { id: "n1" });
      for (const write of order) hear("n2", write);
      expect(repliesIn(ask(read))).toEqual([{ type: "ok", value: 3 }]);
    }
  });

  it("gives its next write a larger timestamp than any that it has seen", () => {
    const { hear, ask } = oneNode(multiPrimaryLww, { id: "n1" });
    hear("n3", replicated(2, [70, "n3"]));
    const [message] = sentTo(ask(request("write", 1)), "n2");
    expect(message).toMatchObject({ writes: [{ write: { timestamp: [71, "n1"] } }] });
  });

  it("sends its writes again until they are acknowledged, and nobody else's", () => {
    const { hear, ask, fire } = oneNode(multiPrimaryLww, { id: "n1" });
    hear("n3", replicated(2, [1, "n3"]));
    expect(sentTo(fire("replicate"), "n2")).toEqual([]);
    ask(request("write", 1));
    const [again] = sentTo(fire("replicate"), "n2");
    expect(again).toMatchObject({ writes: [{ key: "x", write: { value: 1 } }] });
    hear("n2", { type: "Acknowledge", versions: [["x", 1]] });
    expect(sentTo(fire("replicate"), "n2")).toEqual([]);
    expect(sentTo(fire("replicate"), "n3")).toHaveLength(1);
  });

  it("comes back after faults, at every node", async () => {
    for (const seed of seeds(5)) {
      const run = await chaosRun({ protocol: multiPrimaryLww, seed });
      expect(run.effectiveFaults, `seed ${seed}`).toBeGreaterThan(0);
      expect(run.recoveryNs, `seed ${seed}`).toBeLessThan(NS_PER_S);
    }
  });
});
