import type { Json } from "../../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "../frame.ts";
import { Registers } from "../registers.ts";
import { ReplicatedState } from "../replicated-state.ts";
import type { StateMachine } from "../state-machine.ts";
import { type Configuration, type Layout, owners, partition } from "./sharded-layout.ts";

/**
 * `serving`: this group owns it. `awaited`: it will when it has it from the group before. `offered`: it did; what it
 * holds changes no more, and goes to the next owner.
 */
type Status = "serving" | "awaited" | "offered";

interface Held {
  readonly status: Status;
  /** The registers, with the sessions of the clients that asked for them: they move together. */
  readonly data: ReplicatedState;
}

/** A partition on its way to its next owner, by the configuration with this number. */
export type Handover = { readonly partition: number; readonly number: number; readonly data: Json };

/**
 * What a group replicates: the partitions that it owns, and the configuration that says so. Requests of clients and
 * changes of the configuration stand in one order, so that every replica knows of each request whether the group
 * owned its key. The session of the client itself is the request's `context`.
 */
export class Partitions implements StateMachine {
  readonly #layout: Layout;
  readonly #group: number;
  readonly #bugs: ReadonlySet<string>;
  #configuration: Configuration;
  #owners: readonly number[];
  #held = new Map<number, Held>();

  constructor(layout: Layout, group: number, bugs: ReadonlySet<string>) {
    this.#layout = layout;
    this.#group = group;
    this.#bugs = bugs;
    this.#configuration = layout.first;
    this.#owners = owners(layout, layout.first);
    for (const [number, owner] of this.#owners.entries()) {
      if (owner === group) this.#held.set(number, { status: "serving", data: empty() });
    }
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /** The group that a key belongs to, as this one knows. */
  ownerOf(key: ClientRequest["key"]): number {
    return this.#owners[partition(this.#layout, key)] as number;
  }

  statusOf(number: number): Status | undefined {
    return this.#held.get(number)?.status;
  }

  /** Whether everything is where the configuration says, as far as this group has to do with it. */
  get settled(): boolean {
    return [...this.#held.values()].every(({ status }) => status === "serving");
  }

  /** What other groups are to take, with the group that is to take it. */
  offers(): readonly { readonly to: number; readonly handover: Handover }[] {
    return [...this.#held].flatMap(([number, { status, data }]) =>
      status === "offered"
        ? [{ to: this.#owners[number] as number, handover: this.#handover(number, data) }]
        : [],
    );
  }

  isRead({ f }: ClientRequest): boolean {
    return f === "read";
  }

  execute(request: ClientRequest): Reply {
    if (request.f === "adopt") return this.#adopt(request.value as Configuration);
    if (request.f === "install") return this.#install(request.value as Handover);
    if (request.f === "drop") return this.#drop(request.value as Handover);
    return this.#serve({ ...request, ...(request.context as Pick<ClientRequest, "client" | "sequence">) });
  }

  #serve(request: ClientRequest): Reply {
    const number = partition(this.#layout, request.key);
    const held = this.#held.get(number) ?? (this.#bugs.has("serve-wrong-shard") ? this.#hold(number) : null);
    const serves =
      held?.status === "serving" ||
      (held?.status === "offered" && this.#bugs.has("serve-while-handing-over"));
    if (held === null || !serves) return wrongShard(request, this.#group, this.#configuration);
    if (held.data.isRead(request)) return held.data.read(request);
    const message = `${request.client} has asked for something else since`;
    return held.data.apply(request) ?? { type: "error", code: "superseded", message, definite: false };
  }

  /** One configuration after the other, each when everything is where the one before says. */
  #adopt(next: Configuration): Reply {
    if (next.number !== this.#configuration.number + 1 || !this.settled) return DONE;
    const before = this.#owners;
    this.#configuration = next;
    this.#owners = owners(this.#layout, next);
    for (const [number, owner] of this.#owners.entries()) {
      const held = this.#held.get(number);
      if (before[number] === this.#group && owner !== this.#group && held !== undefined)
        this.#held.set(number, { ...held, status: "offered" });
      if (before[number] !== this.#group && owner === this.#group)
        this.#held.set(number, { status: "awaited", data: empty() });
    }
    return DONE;
  }

  #install({ partition: number, number: of, data }: Handover): Reply {
    const held = this.#held.get(number);
    if (of !== this.#configuration.number || held?.status !== "awaited") return DONE;
    held.data.restore(this.#bugs.has("move-without-sessions") ? { ...(data as object), sessions: [] } : data);
    this.#held.set(number, { ...held, status: "serving" });
    return DONE;
  }

  #drop({ partition: number, number: of }: Pick<Handover, "partition" | "number">): Reply {
    if (of === this.#configuration.number && this.statusOf(number) === "offered") this.#held.delete(number);
    return DONE;
  }

  #hold(number: number): Held {
    const held: Held = { status: "serving", data: empty() };
    this.#held.set(number, held);
    return held;
  }

  #handover(number: number, data: ReplicatedState): Handover {
    return { partition: number, number: this.#configuration.number, data: data.snapshot() };
  }

  snapshot(): Json {
    const held = [...this.#held].map(
      ([number, { status, data }]) => [number, status, data.snapshot()] as const,
    );
    return { configuration: this.#configuration, held };
  }

  restore(snapshot: Json): void {
    const { configuration, held } = snapshot as {
      configuration: Configuration;
      held: (readonly [number, Status, Json])[];
    };
    this.#configuration = configuration;
    this.#owners = owners(this.#layout, configuration);
    this.#held = new Map(
      held.map(([number, status, kept]) => {
        const data = empty();
        data.restore(kept);
        return [number, { status, data }];
      }),
    );
  }
}

/** What a node says to whom it does not serve: certainly nothing happened. */
export function wrongShard(
  { key }: Pick<ClientRequest, "key">,
  group: number,
  { number }: Configuration,
): Reply {
  const message = `INVALID_KEY: group ${group + 1} does not serve ${JSON.stringify(key)} by configuration ${number}`;
  return { type: "error", code: "wrong-shard", message, definite: true };
}

const DONE: Reply = { type: "ok", value: null };

function empty(): ReplicatedState {
  return new ReplicatedState(new Registers());
}
