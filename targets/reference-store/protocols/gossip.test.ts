import { describe, expect, it } from "vitest";
import type { OptionValues } from "../../../harness/ports/options.ts";
import { oneNode, repliesIn, request, sentTo } from "../testing/one-node.ts";
import { gossip } from "./gossip.ts";

const read = request("read", null);
const NODES = ["n1", "n2"];

function pair(options: OptionValues, bugs: readonly string[] = []) {
  const start = (id: string) => oneNode(gossip, { id, nodes: NODES, options, bugs });
  const [first, second] = [start("n1"), start("n2")];
  /** One round of the first: its digest, what differs, and what the first makes of it. */
  const meet = (): number => {
    let messages = 0;
    const toSecond = sentTo(first.fire("round"), "n2");
    for (const digest of toSecond) {
      for (const states of sentTo(second.hear("n1", digest), "n1")) {
        messages++;
        for (const answer of sentTo(first.hear("n2", states), "n2")) {
          messages++;
          second.hear("n1", answer);
        }
      }
    }
    return messages;
  };
  return { first, second, meet };
}

const seen = ({ ask }: ReturnType<typeof pair>["first"]) => repliesIn(ask(read));

describe("gossip", () => {
  it("answers from what is here", () => {
    const { first, second } = pair({ type: "pn-counter" });
    first.ask(request("add", 3));
    expect([seen(first), seen(second)]).toEqual([[{ type: "ok", value: 3 }], [{ type: "ok", value: 0 }]]);
  });

  it("merges what differs at a meeting, both ways", () => {
    const { first, second, meet } = pair({ type: "pn-counter" });
    first.ask(request("add", 3));
    second.ask(request("add", 4));
    meet();
    expect([seen(first), seen(second)]).toEqual([[{ type: "ok", value: 7 }], [{ type: "ok", value: 7 }]]);
  });

  it("sends nothing but digests between nodes that hold the same", () => {
    const { first, meet } = pair({ type: "or-set" });
    first.ask(request("add", "a"));
    expect([meet(), meet()]).toEqual([2, 0]);
  });

  it("starts again with what is on the disk", () => {
    const before = oneNode(gossip, { id: "n1", nodes: NODES });
    const written = before
      .ask(request("write", 5))
      .flatMap((effect) => (effect.type === "write" ? [[effect.name, effect.value] as const] : []));
    const disk = { records: new Map(written), logs: new Map() };
    const after = oneNode(gossip, { id: "n1", nodes: NODES, disk });
    expect(repliesIn(after.ask(read))).toEqual([{ type: "ok", value: 5 }]);
  });

  it.each([
    ["pull-replaces", [{ type: "ok", value: 4 }]],
    ["", [{ type: "ok", value: 7 }]],
  ])("with the bug %j takes over what the other holds instead of merging", (bug, expected) => {
    const { first, second, meet } = pair({ type: "pn-counter" }, bug === "" ? [] : [bug]);
    first.ask(request("add", 3));
    second.ask(request("add", 4));
    meet();
    expect(seen(first)).toEqual(expected);
  });
});
