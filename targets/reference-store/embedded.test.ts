import { describe, expect, it } from "vitest";
import { Random } from "../../harness/clock/random.ts";
import type { Json } from "../../harness/history/operation.ts";
import { EffectList } from "./effect-list.ts";
import { type Embeddable, Embedded } from "./embedded.ts";
import { request } from "./testing/one-node.ts";

const context = { nowNs: 0, random: new Random(1) };

/** Tells its peer and the disk what it is asked, and answers what it hears or found at its start. */
const echo: Embeddable = {
  start: (_config, { records }) => ({
    state: { found: [...records.keys()] },
    effects: [{ type: "set-timer", name: "tick", delayNs: 1 }],
  }),
  handle(state, event) {
    if (event.type === "request") {
      const { value } = event.request;
      return [
        { type: "write", name: "asked", value },
        { type: "sync" },
        { type: "send", to: "n2", message: value },
      ];
    }
    const heard = event.type === "message" ? event.message : (state as { found: Json }).found;
    return [{ type: "reply", client: "c1", sequence: 1, reply: { type: "ok", value: heard } }];
  },
};

function started(records: ReadonlyMap<string, Json> = new Map()) {
  const effects = new EffectList<Json>();
  const config = { id: "n1", nodes: ["n1", "n2"], timeoutNs: 1 };
  const part = new Embedded("echo", echo, config, { records, logs: new Map() }, context, effects);
  return { part, effects };
}

describe("an embedded protocol", () => {
  it("has timers, writes and messages under its name, among the effects of the node, in their order", () => {
    const { part, effects } = started();
    part.handle({ type: "request", request: request("say", 7) }, context, effects);
    expect(effects.effects).toEqual([
      { type: "set-timer", name: "echo/tick", delayNs: 1 },
      { type: "write", name: "echo/asked", value: 7 },
      { type: "sync" },
      { type: "send", to: "n2", message: { type: "Embedded", part: "echo", message: 7 } },
    ]);
  });

  it("takes its own messages and timers, hands back its replies, and leaves what is not for it", () => {
    const { part, effects } = started();
    const message = (name: string) => ({ type: "Embedded", part: name, message: 7 });
    const hear = (name: string) =>
      part.handle({ type: "message", from: "n2", message: message(name) }, context, effects);
    expect(hear("echo")).toMatchObject([{ client: "c1", sequence: 1, reply: { type: "ok", value: 7 } }]);
    expect(hear("other")).toBeUndefined();
    expect(part.handle({ type: "timer", name: "echo/tick" }, context, effects)).toHaveLength(1);
    expect(part.handle({ type: "timer", name: "tick" }, context, effects)).toBeUndefined();
  });

  it("finds on the disk what is its own", () => {
    const { part, effects } = started(
      new Map([
        ["echo/asked", 7],
        ["asked", 8],
      ]),
    );
    const answers = part.handle({ type: "timer", name: "echo/tick" }, context, effects);
    expect(answers).toMatchObject([{ reply: { type: "ok", value: ["asked"] } }]);
  });
});
