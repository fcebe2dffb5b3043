import type { Embedded, EmbeddedMessage } from "../embedded.ts";
import type { EventEffects } from "../event-effects.ts";
import type { ForwardedRequests } from "../forwarded-requests.ts";
import type { ClientRequest, Reply } from "../frame.ts";
import type { Configurations } from "./sharded-configurations.ts";
import type { Configuration, Layout } from "./sharded-layout.ts";
import type { Handover, Partitions } from "./sharded-partitions.ts";

export type Message =
  | EmbeddedMessage
  /** To the configuration group: which is the configuration with this number? */
  | { readonly type: "AskConfiguration"; readonly number: number }
  | { readonly type: "Configuration"; readonly configuration: Configuration }
  /** To the next owner of a partition. */
  | { readonly type: "Offer"; readonly handover: Handover }
  /** To the owner before: it is here, and will not be needed there any more. */
  | { readonly type: "Taken"; readonly partition: number; readonly number: number }
  /** To a node of the group that owns the key (`route=node`). */
  | { readonly type: "Forward"; readonly request: ClientRequest }
  | { readonly type: "Done"; readonly client: string; readonly sequence: number; readonly reply: Reply };

/** A client's request that this node put to its group. */
interface Question {
  readonly number: number;
  /** The node whose client asks. */
  readonly origin: string;
  readonly request: ClientRequest;
}

export interface State {
  readonly id: string;
  readonly layout: Layout;
  readonly group: number;
  readonly timeoutNs: number;
  readonly routes: boolean;
  readonly bugs: ReadonlySet<string>;
  /** The name of this run of the node, under which it asks its group. */
  readonly run: string;
  readonly partitions: Partitions;
  readonly configurations: Configurations;
  /** What this node's group runs. */
  readonly own: Embedded;
  /** Only on the nodes of the first group: they decide configurations. */
  readonly council: Embedded | undefined;
  /** Requests of clients that this node routes. */
  readonly routed: ForwardedRequests;
  questions: number;
  /** By client: the newest. */
  readonly open: Map<string, Question>;
}

export type Effects = EventEffects<Message>;

export function someOf(node: State, group: number, effects: Effects): string {
  return effects.context.random.pick(node.layout.groups[group] as readonly string[]);
}
