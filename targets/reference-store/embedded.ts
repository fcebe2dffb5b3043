import type { Json } from "../../harness/history/operation.ts";
import { resolveOptions } from "../../harness/ports/options.ts";
import type { EffectList } from "./effect-list.ts";
import type { DiskContents, Effect, EventContext, NodeConfig, NodeEvent, Protocol } from "./frame.ts";

/** What of a protocol it takes to run inside of another one. */
export type Embeddable = Pick<Protocol<unknown, Json>, "start" | "handle" | "leads" | "options">;

/** A message between the parts of one name on two nodes. */
export type EmbeddedMessage = { readonly type: "Embedded"; readonly part: string; readonly message: Json };

/** What the part answers to the node around it, which asked. */
export type Answer = Extract<Effect<Json>, { type: "reply" }>;

type Effects<Message> = EffectList<Message | EmbeddedMessage>;

/**
 * A protocol that runs as a part of the nodes of another protocol, on all of them or some: its messages, timers and
 * places on the disk have the part's name, and its replies come back to the node around it. Its effects stand among
 * those of the node in the order in which they came, so that a sync of the part holds back what the node does next.
 */
export class Embedded {
  readonly #name: string;
  readonly #protocol: Embeddable;
  readonly #state: unknown;

  /** Starts it. The options are the part's own defaults, and no bug is switched on. */
  constructor(
    name: string,
    protocol: Embeddable,
    { id, nodes, timeoutNs }: Pick<NodeConfig, "id" | "nodes" | "timeoutNs">,
    disk: DiskContents,
    context: EventContext,
    effects: Effects<Json>,
  ) {
    this.#name = name;
    this.#protocol = protocol;
    const options = resolveOptions(name, protocol.options ?? {}, {});
    const config = { id, nodes, timeoutNs, options, bugs: new Set<string>() };
    const started = protocol.start(config, this.#own(disk), context);
    this.#state = started.state;
    this.#perform(started.effects, effects);
  }

  /** Whether it leads; every node does where the protocol has no such notion. */
  get leads(): boolean {
    return this.#protocol.leads?.(this.#state) ?? true;
  }

  /**
   * Handles an event of the node, if it is for this part: its messages and timers, and whatever the node asks it.
   * What it answers; undefined where the event is not for it.
   */
  handle<Message>(
    event: NodeEvent<Json>,
    context: EventContext,
    effects: Effects<Message>,
  ): readonly Answer[] | undefined {
    const own = this.#ownEvent(event);
    if (own === undefined) return undefined;
    return this.#perform(this.#protocol.handle(this.#state, own, context), effects);
  }

  #ownEvent(event: NodeEvent<Json>): NodeEvent<Json> | undefined {
    if (event.type === "request") return event;
    if (event.type === "timer") {
      const name = this.#inside(event.name);
      return name === undefined ? undefined : { type: "timer", name };
    }
    if (event.type !== "message") return undefined;
    const { type, part, message } = event.message as EmbeddedMessage;
    return type === "Embedded" && part === this.#name ? { ...event, message } : undefined;
  }

  #perform<Message>(caused: readonly Effect<Json>[], effects: Effects<Message>): Answer[] {
    const answers: Answer[] = [];
    for (const effect of caused) {
      if (effect.type === "reply") answers.push(effect);
      else if (effect.type === "send")
        effects.send(effect.to, { type: "Embedded", part: this.#name, message: effect.message });
      else if (effect.type === "log") effects.log(`${this.#name}: ${effect.message}`);
      else if (effect.type === "sync") effects.sync();
      else effects.effects.push({ ...effect, name: `${this.#name}/${effect.name}` });
    }
    return answers;
  }

  #own({ records, logs }: DiskContents): DiskContents {
    const own = <T>(all: ReadonlyMap<string, T>) =>
      new Map(
        [...all].flatMap(([name, held]): [string, T][] => {
          const inside = this.#inside(name);
          return inside === undefined ? [] : [[inside, held]];
        }),
      );
    return { records: own(records), logs: own(logs) };
  }

  #inside(name: string): string | undefined {
    const prefix = `${this.#name}/`;
    return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  }
}
