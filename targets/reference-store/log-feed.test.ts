import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { EffectList } from "./effect-list.ts";
import { FEED, LogFeed } from "./log-feed.ts";

type Sent = { readonly first: number; readonly entries: readonly number[] };

function start(log: number[], followers = ["n2", "n3"]) {
  const feed = new LogFeed(log, followers, 1_000);
  const send = () => {
    const effects = new EffectList<Sent>();
    feed.feed(effects, (to, first, entries) => effects.send(to, { first, entries }));
    const sent = effects.effects.flatMap((effect) =>
      effect.type === "send" ? [[effect.to, effect.message.first, effect.message.entries] as const] : [],
    );
    return {
      sent,
      ticks: effects.effects.some((effect) => effect.type === "set-timer" && effect.name === FEED),
    };
  };
  return { feed, send };
}

describe("a feed of a log", () => {
  it("sends one batch at a time, and what gathered meanwhile in the next", () => {
    const log: number[] = [];
    const { feed, send } = start(log, ["n2"]);
    log.push(1);
    expect(send().sent).toEqual([["n2", 1, [1]]]);
    log.push(2, 3);
    expect(send().sent).toEqual([]);
    feed.acknowledge("n2", 1);
    expect(send().sent).toEqual([["n2", 2, [2, 3]]]);
  });

  it("sends again what was not acknowledged when its timer fires, which goes on while anybody lacks anything", () => {
    const log: number[] = [];
    const { feed, send } = start(log);
    expect(send().ticks).toBe(false);
    log.push(1);
    expect(send().ticks).toBe(true);
    feed.acknowledge("n2", 1);
    feed.again();
    expect(send()).toEqual({ sent: [["n3", 1, [1]]], ticks: true });
    feed.acknowledge("n3", 1);
    feed.again();
    expect(send()).toEqual({ sent: [], ticks: false });
  });

  it("begins at the end of a log that was there, and goes back to where a follower says it is", () => {
    const { feed, send } = start([1, 2, 3], ["n2"]);
    expect(send().sent).toEqual([["n2", 3, [3]]]);
    feed.rewind("n2", 1);
    expect(send().sent).toEqual([["n2", 2, [2, 3]]]);
    expect(feed.heldBy(2)).toBe(0);
  });

  it("takes no notice of acknowledgements that are older than others, or of strangers", () => {
    const { feed } = start([1, 2, 3], ["n2"]);
    feed.acknowledge("n2", 3);
    feed.acknowledge("n2", 1);
    feed.acknowledge("n9", 2);
    expect(feed.heldBy(2)).toBe(3);
  });

  test.prop([fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 6 })])(
    "knows what so many nodes hold, itself among them",
    (held) => {
      const log = Array.from({ length: 10 }, (_, i) => i);
      const followers = held.map((_, i) => `n${i + 2}`);
      const feed = new LogFeed(log, followers, 1);
      held.forEach((upTo, i) => {
        feed.acknowledge(followers[i] as string, upTo);
      });
      for (let count = 1; count <= held.length + 1; count++) {
        const upTo = feed.heldBy(count);
        const holders = 1 + held.filter((each) => each >= upTo).length;
        expect(holders).toBeGreaterThanOrEqual(count);
        const holdMore = upTo === 10 ? 0 : 1 + held.filter((each) => each > upTo).length;
        expect(holdMore).toBeLessThan(upTo === 10 ? 1 : count);
      }
    },
  );
});
