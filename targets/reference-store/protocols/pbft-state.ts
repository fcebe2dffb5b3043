import type { Json } from "../../../harness/history/operation.ts";
import type { EffectList } from "../effect-list.ts";
import type { ClientRequest, DiskContents, EventContext, NodeConfig } from "../frame.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";

/** What a sequence number holds; null: nothing, so that those after it can be executed. */
export type Operation = ClientRequest | null;

/** Names an operation as a hash would. A client gives a number to one request only, so that this is enough. */
export type Digest = string;

/** A prepared certificate: these replicas agreed that in this view the operation has this sequence number. */
export type Certificate = {
  readonly view: number;
  readonly sequence: number;
  readonly operation: Operation;
  readonly by: readonly string[];
};

/** What a replica brings to a new view: what is stable, with who said so, and what it has prepared beyond. */
export type ViewChange = {
  readonly type: "ViewChange";
  readonly view: number;
  readonly stable: number;
  readonly proof: readonly (readonly [replica: string, executed: number])[];
  readonly prepared: readonly Certificate[];
};

export type NewView = {
  readonly type: "NewView";
  readonly view: number;
  readonly viewChanges: readonly (readonly [replica: string, viewChange: ViewChange])[];
  /** The operations with the sequence numbers `first`, `first` + 1, … in the new view. */
  readonly first: number;
  readonly operations: readonly Operation[];
};

export type PbftMessage =
  | {
      readonly type: "PrePrepare";
      readonly view: number;
      readonly sequence: number;
      readonly operation: Operation;
    }
  | {
      readonly type: "Prepare" | "Commit";
      readonly view: number;
      readonly sequence: number;
      readonly digest: Digest;
    }
  | ViewChange
  | NewView
  /** How far a replica is: what it lacks is sent to it, and what all have executed is stable. */
  | {
      readonly type: "Status";
      readonly view: number;
      readonly active: boolean;
      readonly executed: number;
    }
  /** What the sender executed from `first` on. */
  | { readonly type: "Executed"; readonly first: number; readonly operations: readonly Operation[] }
  | { readonly type: "Relay"; readonly request: ClientRequest };

export type Message<Type extends PbftMessage["type"]> = Extract<PbftMessage, { type: Type }>;

type Vote = { readonly view: number; readonly digest: Digest };

/** What a replica knows of one sequence number. */
export interface Slot {
  /** The pre-prepare that it accepted last; view -1 where there was none. */
  view: number;
  operation: Operation;
  prepared: Certificate | null;
  readonly prepares: Map<string, Vote>;
  readonly commits: Map<string, Vote>;
  /** What others say that they executed. */
  readonly executed: Map<string, Operation>;
}

export type Behaviour = "correct" | "silent" | "lying" | "equivocating";

export interface PbftState {
  readonly config: NodeConfig;
  readonly behaviour: Behaviour;
  readonly peers: readonly string[];
  readonly faulty: number;
  readonly quorum: number;
  view: number;
  /** Whether the view has begun; if not, the replica waits for its new primary. */
  active: boolean;
  readonly slots: Map<number, Slot>;
  /** What is committed here and not executed yet. */
  readonly committed: Map<number, Operation>;
  /** All that was executed, from sequence number 1 on. */
  readonly log: Operation[];
  readonly machine: ReplicatedState;
  /** Requests of clients that are not executed; one a client. */
  readonly requests: Map<string, ClientRequest>;
  readonly executedBy: Map<string, number>;
  /** The newest one of each replica. */
  readonly viewChanges: Map<string, ViewChange>;
  ownViewChange: ViewChange | null;
  failures: number;
  timerRuns: boolean;
  // The primary.
  newView: NewView | null;
  nextSequence: number;
  proposed: Map<string, number>;
}

export type Effects = EffectList<PbftMessage>;

/** A replica, and what an event makes it do. */
export type Step = { readonly node: PbftState; readonly context: EventContext; readonly effects: Effects };

const SLOT = "slot ";
const VIEW = "view";
const LOG = "log";

export function digestOf(operation: Operation): Digest {
  return operation === null ? "null" : `${operation.client}/${operation.sequence}`;
}

/** How many replicas of so many may be Byzantine. */
export function mostFaulty(replicas: number): number {
  return Math.floor((replicas - 1) / 3);
}

export function restoredState(config: NodeConfig, { records, logs }: DiskContents): PbftState {
  const { id, nodes, bugs } = config;
  const faulty = mostFaulty(nodes.length);
  const machine = new ReplicatedState(new Registers());
  const log = (logs.get(LOG) ?? []) as readonly Operation[];
  for (const request of log) if (request !== null) machine.apply(request);
  const { view, active, newView } = (records.get(VIEW) ?? { view: 0, active: true, newView: null }) as {
    view: number;
    active: boolean;
    newView: NewView | null;
  };
  const slots = new Map<number, Slot>();
  for (const [name, record] of records) {
    if (!name.startsWith(SLOT)) continue;
    const stored = record as Pick<Slot, "view" | "operation" | "prepared">;
    const slot = { ...newSlot(), ...stored };
    const own = { view: stored.view, digest: digestOf(stored.operation) };
    slot.prepares.set(id, own);
    if (stored.prepared?.view === stored.view) slot.commits.set(id, own);
    slots.set(Number(name.slice(SLOT.length)), slot);
  }
  const node: PbftState = {
    config,
    behaviour: behaviourOf(config),
    peers: nodes.filter((node) => node !== id),
    faulty,
    // Any two quorums have a correct replica in common: 2f + 1 of 3f + 1.
    quorum: bugs.has("quorum-2f") ? 2 * faulty : Math.ceil((nodes.length + faulty + 1) / 2),
    view,
    active,
    slots,
    committed: new Map(),
    log: [...log],
    machine,
    requests: new Map(),
    executedBy: new Map(),
    viewChanges: new Map(),
    ownViewChange: null,
    failures: 0,
    timerRuns: false,
    newView,
    nextSequence: 1,
    proposed: new Map(),
  };
  const proposed = [...slots].filter(([, slot]) => slot.view === view).map(([sequence]) => sequence);
  node.nextSequence = Math.max(log.length, 0, ...proposed) + 1;
  return node;
}

/** One replica is Byzantine, which one is by lot; so is how, where any will do. */
function behaviourOf({ id, nodes, options, lot = 0 }: NodeConfig): Behaviour {
  const byzantine = options["byzantine"] ?? "none";
  const place = lot * nodes.length;
  if (byzantine === "none" || nodes[Math.floor(place)] !== id) return "correct";
  if (byzantine !== "any") return byzantine as Behaviour;
  return (["silent", "lying", "equivocating"] as const)[Math.floor((place % 1) * 3)] as Behaviour;
}

function newSlot(): Slot {
  return {
    view: -1,
    operation: null,
    prepared: null,
    prepares: new Map(),
    commits: new Map(),
    executed: new Map(),
  };
}

export function slotAt({ slots }: PbftState, sequence: number): Slot {
  const slot = slots.get(sequence) ?? newSlot();
  slots.set(sequence, slot);
  return slot;
}

export function primaryOf({ config }: PbftState, view: number): string {
  return config.nodes[view % config.nodes.length] as string;
}

export function isPrimary(node: PbftState): boolean {
  return node.active && primaryOf(node, node.view) === node.config.id;
}

export function sendAll({ node, effects }: Step, message: PbftMessage): void {
  for (const peer of node.peers) effects.send(peer, message);
}

// What is on the disk; durable before anyone hears of it, so that a restart takes nothing back that was said.

export function persistSlot(step: Step, sequence: number): void {
  const { view, operation, prepared } = slotAt(step.node, sequence);
  step.effects.write(`${SLOT}${sequence}`, { view, operation, prepared } satisfies Json);
  sync(step);
}

export function persistView(step: Step): void {
  const { view, active, newView } = step.node;
  step.effects.write(VIEW, { view, active, newView } satisfies Json);
  sync(step);
}

export function persistExecuted(step: Step, operation: Operation): void {
  step.effects.append(LOG, [operation]);
  sync(step);
}

function sync({ node, effects }: Step): void {
  if (!node.config.bugs.has("ack-before-sync")) effects.sync();
}
