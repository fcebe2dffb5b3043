import type { Json } from "../history/operation.ts";

/** Why a message did not arrive: by chance, over a blocked link, at a node that does not run. */
export type LossReason = "chance" | "partition" | "down";

/** What happened between nodes and clients, as an environment that carries every message sees it. */
export type TraceEvent = {
  readonly timeNs: number;
} /** `message` numbers messages from 1; one that is duplicated is delivered or lost twice. */ & (
  | {
      readonly type: "send";
      readonly message: number;
      readonly from: string;
      readonly to: string;
      readonly body: Json;
    }
  | { readonly type: "deliver"; readonly message: number; readonly from: string; readonly to: string }
  | {
      readonly type: "lose";
      readonly message: number;
      readonly from: string;
      readonly to: string;
      readonly reason: LossReason;
    }
  /** A request reaches its node, and a reply its client. */
  | { readonly type: "request"; readonly client: string; readonly node: string; readonly body: Json }
  | { readonly type: "reply"; readonly client: string; readonly node: string; readonly body: Json }
  /** Something happened to the node: start, kill, pause, resume, a wrong clock. */
  | { readonly type: "node"; readonly node: string; readonly what: string }
  /** A line of the node's own log. */
  | { readonly type: "log"; readonly node: string; readonly text: string }
);

/** Watches a run from inside. It changes nothing: a run with and without it is the same, byte for byte. */
export interface RunObserver {
  trace?(event: TraceEvent): void;
  /** A kind of state that a node was seen in, by the protocol's own words. */
  covered?(state: string): void;
}
