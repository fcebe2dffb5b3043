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

type Office = {
  readonly leader: string;
  readonly epoch: number;
  /** When the leader is deposed, unless it is heard from before. */
  readonly untilNs: number;
};

/**
 * Offices that clients are elected to, one leader each. To `acquire` is to campaign: where an office is free the
 * candidate has it, with the service's revision, which counts every request, for its epoch. A leader does its work under its
 * epoch by `write`; one that does none for too long is deposed. To `release` is to resign.
 *
 * A leader that was away may not know that it was deposed: its work is turned away by its epoch, which is older.
 */
export class Offices implements StateMachine {
  readonly #patienceNs: number;
  readonly #bugs: ReadonlySet<string>;
  #revision = 0;
  #offices = new Map<Key, Office>();
  readonly #work = new FencedResource();

  constructor({ options, bugs }: Pick<NodeConfig, "options" | "bugs">) {
    this.#patienceNs = Number(options["patience"]) * NS_PER_MS;
    this.#bugs = bugs;
  }

  isRead(): boolean {
    return false;
  }

  execute(request: ClientRequest, timeNs = 0): Reply {
    this.#revision++;
    const epoch = tokenIn(request);
    if (request.f === "acquire") return this.#campaign(request, timeNs);
    if (request.f === "write" && epoch !== undefined) return this.#lead(request, epoch, timeNs);
    if (request.f === "release" && epoch !== undefined) return this.#resign(request, epoch);
    return unsupported(request);
  }

  #campaign({ client, key }: ClientRequest, timeNs: number): Reply {
    const office = this.#offices.get(key);
    if (office !== undefined && timeNs < office.untilNs) {
      return { type: "fail", code: "office-taken", message: `epoch ${office.epoch} is not over` };
    }
    const epoch = this.#bugs.has("epoch-by-clock") ? Math.floor(timeNs / NS_PER_S) : this.#revision;
    this.#offices.set(key, { leader: client, epoch, untilNs: timeNs + this.#patienceNs });
    return { type: "ok", value: epoch };
  }

  #lead({ client, key, value }: ClientRequest, epoch: number, timeNs: number): Reply {
    const office = this.#offices.get(key);
    if (office?.leader === client && office.epoch === epoch) {
      this.#offices.set(key, { ...office, untilNs: timeNs + this.#patienceNs });
    }
    const [, work] = value as [Json, Json];
    if (this.#bugs.has("epoch-ignored")) {
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
    const revision = this.#bugs.has("revision-not-in-snapshot") ? 0 : this.#revision;
    return { revision, offices: [...this.#offices], work: this.#work.snapshot() };
  }

  restore(snapshot: Json): void {
    const { revision, offices, work } = snapshot as {
      revision: number;
      offices: [Key, Office][];
      work: Json;
    };
    this.#revision = revision;
    this.#offices = new Map(offices);
    this.#work.restore(work);
  }
}

const promise: Guarantee = { consistency: "mutual-exclusion", workload: "lock" };
const replicas = raftOver((config) => new Offices(config));

/** Election of leaders among clients, in the manner of Chubby's clients: {@link Offices} on Raft. */
export const leaderElection: Protocol<RaftState, RaftMessage> = {
  ...replicas,
  name: "leader-election",
  promises: [promise],
  operations: ["acquire", "write", "release"],
  source:
    "Burrows, The Chubby lock service (OSDI 2006), 2.1 and 2.4; Gray and Cheriton, Leases (1989); over Raft",
  description: "Clients are elected for epochs, replicated by Raft; work under an old epoch is refused.",
  options: {
    ...replicas.options,
    patience: {
      description: "how long a leader may do nothing before it is deposed, in ms",
      default: "500",
      problem: (value) => (/^[1-9]\d{0,6}$/.test(value) ? undefined : "must be a whole number of ms from 1"),
    },
  },
  bugs: {
    "epoch-ignored": {
      description: "work is taken under any epoch, so also of a leader that was deposed while it was paused",
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
