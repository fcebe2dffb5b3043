import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { type OptionValues, resolveOptions } from "../../../harness/ports/options.ts";
import type { ClientRequest, DiskContents, Effect, NodeEvent, Protocol, Reply } from "../frame.ts";

interface OneNode {
  readonly id: string;
  readonly nodes?: readonly string[];
  readonly bugs?: readonly string[];
  readonly disk?: DiskContents;
  /** The protocol's own; where one is not given, its default. */
  readonly options?: OptionValues;
}

/** One node of a protocol, alone, on which a test plays the clients, the network and the disk. */
export function oneNode<State, Message extends Json>(protocol: Protocol<State, Message>, setup: OneNode) {
  const { id, nodes = ["n1", "n2", "n3"], disk = { records: new Map(), logs: new Map() } } = setup;
  const context = { nowNs: 0, monotonicNs: 0, random: new Random(1) };
  const bugs = new Set(setup.bugs);
  const options = resolveOptions(protocol.name, protocol.options ?? {}, setup.options ?? {});
  const config = { id, nodes, timeoutNs: 100 * NS_PER_MS, bugs, options };
  const { state, effects: started } = protocol.start(config, disk, context);
  const on = (event: NodeEvent<Message>) => protocol.handle(state, event, context);
  return {
    state,
    started,
    hear: (from: string, message: Message) => on({ type: "message", from, message }),
    fire: (name: string) => on({ type: "timer", name }),
    ask: (request: ClientRequest) => on({ type: "request", request }),
    /** Time goes by; nothing happens of itself. */
    pass(durationNs: number): void {
      context.nowNs += durationNs;
      context.monotonicNs += durationNs;
    },
  };
}

/** A request of client c1, or of another. */
export function request(f: string, value: Json, more: Partial<ClientRequest> = {}): ClientRequest {
  return { client: "c1", sequence: 1, f, key: "x", value, ...more };
}

export function sentTo<Message>(effects: readonly Effect<Message>[], to: string): Message[] {
  return effects.flatMap((effect) => (effect.type === "send" && effect.to === to ? [effect.message] : []));
}

export function repliesIn(effects: readonly Effect<unknown>[]): Reply[] {
  return effects.flatMap((effect) => (effect.type === "reply" ? [effect.reply] : []));
}
