import { describe, expect, it } from "vitest";
import { EffectList } from "./effect-list.ts";
import { ForwardedRequests } from "./forwarded-requests.ts";
import type { ClientRequest, Effect } from "./frame.ts";

function request(client: string, sequence = 1): ClientRequest {
  return { client, sequence, f: "write", key: "x", value: 1 };
}

function start(mostAttempts?: number) {
  const forwarded = new ForwardedRequests(1_000, mostAttempts);
  const effectsOf = (act: (effects: EffectList<never>) => void): readonly Effect<never>[] => {
    const effects = new EffectList<never>();
    act(effects);
    return effects.effects;
  };
  const add = (each: ClientRequest) => effectsOf((effects) => forwarded.add(each, effects));
  const answer = (client: string, sequence: number) =>
    effectsOf((effects) => forwarded.answer({ client, sequence }, { type: "ok", value: 1 }, effects));
  return { forwarded, effectsOf, add, answer };
}

describe("forwarded requests", () => {
  it("are answered once", () => {
    const { add, answer } = start();
    add(request("c1"));
    expect(answer("c1", 1)).toMatchObject([{ type: "reply", client: "c1", sequence: 1 }]);
    expect(answer("c1", 1)).toEqual([]);
  });

  it("are handed on again until they are answered, while the timer goes on", () => {
    const { forwarded, effectsOf, add, answer } = start();
    expect(add(request("c1"))).toMatchObject([{ type: "set-timer" }]);
    expect(add(request("c2"))).toEqual([]);
    answer("c1", 1);
    expect(effectsOf((effects) => expect(forwarded.again(effects)).toEqual([request("c2")]))).toMatchObject([
      { type: "set-timer" },
    ]);
    answer("c2", 1);
    expect(effectsOf((effects) => expect(forwarded.again(effects)).toEqual([]))).toEqual([]);
  });

  it("give way to the next request of their client, who gave up on them", () => {
    const { forwarded, effectsOf, add, answer } = start();
    add(request("c1", 1));
    add(request("c1", 2));
    expect(answer("c1", 1)).toEqual([]);
    effectsOf((effects) => expect(forwarded.again(effects)).toEqual([request("c1", 2)]));
  });

  it("are refused, with their effect in doubt, after so many attempts", () => {
    const { forwarded, effectsOf, add } = start(2);
    add(request("c1"));
    effectsOf((effects) => expect(forwarded.again(effects)).toHaveLength(1));
    expect(effectsOf((effects) => expect(forwarded.again(effects)).toEqual([]))).toMatchObject([
      { type: "reply", reply: { type: "error", code: "unreachable", definite: false } },
    ]);
  });
});
