import { NS_PER_MS, NS_PER_S } from "../../../harness/clock/duration.ts";
import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { FencedResource, staleToken, tokenIn } from "../fenced-resource.ts";
import type { ClientRequest, NodeConfig, Protocol, Reply } from "../frame.ts";
import type { StateMachine } from "../state-machine.ts";
import { unsupported } from "../unsupported.ts";
import { raftOver } from "./raft.ts";
import type { RaftMessage } from "./raft-messages.ts";
import type { RaftState } from "./raft-state.ts";

type Office = { readonly leader: string; readonly epoch: number };

/**
 * Offices that clients are elected to, one leader each. A client lives as long as it is heard from within its session's
 * time; with its session it loses its offices. To `acquire` is to campaign: where an office is free the candidate has it,
 * with the service's revision, which counts every request that changes anything, for its epoch. A leader does its work
 * under its epoch by `write`, which also keeps its session alive, and to `release` is to resign.
 *
 * A leader that was away may not know that it was deposed: its work is turned away by its epoch, which is older.
 */
export class Offices implements StateMachine {
  readonly #sessionNs: number;
  readonly #bugs: ReadonlySet<string>;
  #revision = 0;
  /** By client: when its session ends. */
  #sessions = new Map<string, number>();
  #offices = new Map<Key, Office>();
  readonly #work = new FencedResource();

  constructor({ options, bugs }: Pick<NodeConfig, "options" | "bugs">) {
    this.#sessionNs = Number(options["session"]) * NS_PER_MS;
    this.#bugs = bugs;
  }

  isRead(): boolean {
    return false;
  }

  execute(request: ClientRequest, timeNs = 0): Reply {
    for (const [client, endNs] of [...this.#sessions]) if (endNs <= timeNs) this.#sessions.delete(client);
    this.#sessions.set(request.client, timeNs + this.#sessionNs);
    this.#revision++;
    const epoch = tokenIn(request);
    if (request.f === "acquire") return this.#campaign(request, timeNs);
    if (request.f === "write" && epoch !== undefined) return this.#lead(request, epoch);
    if (request.f === "release" && epoch !== undefined) return this.#resign(request, epoch);
    return unsupported(request);
  }

  #campaign({ client, key }: ClientRequest, timeNs: number): Reply {
    const office = this.#offices.get(key);
    if (office !== undefined && this.#sessions.has(office.leader)) {
      return { type: "fail", code: "office-taken", message: `epoch ${office.epoch} is not over` };
    }
    const epoch = this.#bugs.has("epoch-by-clock") ? Math.floor(timeNs / NS_PER_S) : this.#revision;
    this.#offices.set(key, { leader: client, epoch });
    return { type: "ok", value: epoch };
  }

  #lead({ client, key, value }: ClientRequest, epoch: number): Reply {
    const [, work] = value as [Json, Json];
    if (this.#bugs.has("leader-by-session") && this.#sessions.has(client)) {
      this.#work.overwrite(key, epoch, work);
      return { type: "ok", value };
    }
    return this.#work.write(key, epoch, work);
  }

  #resign({ client, key }: ClientRequest, epoch: number): Reply {
    const office = this.#offices.get(key);
    if (office?.leader !== client || office.epoch !== epoch) return staleToken(`epoch ${epoch} is over`);
    this.#offices.delete(key);
    return { type: "ok", value: epoch };
  }

  snapshot(): Json {
    return {
      revision: this.#bugs.has("revision-not-in-snapshot") ? 0 : this.#revision,
      sessions: [...this.#sessions],
      offices: [...this.#offices],
      work: this.#work.snapshot(),
    };
  }

  restore(snapshot: Json): void {
    const { revision, sessions, offices, work } = snapshot as {
      revision: number;
      sessions: [string, number][];
      offices: [Key, Office][];
      work: Json;
    };
    this.#revision = revision;
    this.#sessions = new Map(sessions);
    this.#offices = new Map(offices);
    this.#work.restore(work);
  }
}

const promise: Guarantee = { consistency: "mutual-exclusion", workload: "lock" };
const replicas = raftOver((config) => new Offices(config));

/** Election of leaders among clients, in the manner of ZooKeeper and etcd: {@link Offices} on Raft. */
export const leaderElection: Protocol<RaftState, RaftMessage> = {
  ...replicas,
  name: "leader-election",
  promises: [promise],
  operations: ["acquire", "write", "release"],
  source:
    "Hunt, Konar, Junqueira and Reed, ZooKeeper (2010), 2.4; Gray and Cheriton, Leases (1989); over Raft",
  description:
    "Clients are elected with sessions and epochs, replicated by Raft; work under an old epoch is refused.",
  options: {
    ...replicas.options,
    session: {
      description: "how long a client may be silent before it loses its offices, in ms",
      default: "500",
      problem: (value) => (/^[1-9]\d{0,6}$/.test(value) ? undefined : "must be a whole number of ms from 1"),
    },
  },
  bugs: {
    "leader-by-session": {
      description:
        "work is taken of whoever has a session, so also of a leader that was deposed while it was paused",
      breaks: promise,
    },
    "epoch-by-clock": {
      description:
        "an epoch is the time of its election in seconds, by the clock of whichever server orders it",
      breaks: promise,
    },
    "revision-not-in-snapshot": {
      description: "the revision is not part of snapshots: after a restart from one, epochs begin anew",
      breaks: { ...promise, targetOptions: { "snapshot-every": "5" } },
    },
  },
};
