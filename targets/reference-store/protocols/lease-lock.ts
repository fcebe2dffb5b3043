import { NS_PER_MS } from "../../../harness/clock/duration.ts";
import type { Json, Key } from "../../../harness/history/operation.ts";
import type { Guarantee } from "../../../harness/ports/target.ts";
import { FencedResource, staleToken, tokenIn } from "../fenced-resource.ts";
import type { ClientRequest, NodeConfig, Protocol, Reply } from "../frame.ts";
import type { StateMachine } from "../state-machine.ts";
import { unsupported } from "../unsupported.ts";
import { raftOver } from "./raft.ts";
import type { RaftMessage } from "./raft-messages.ts";
import type { RaftState } from "./raft-state.ts";

type Lock = {
  /** The newest token; 0: none was given out. */
  readonly token: number;
  /** When the lease of the holder of that token ends; null: it was released. */
  readonly untilNs: number | null;
};

/**
 * Locks, and what each of them guards. `acquire` gives a token larger than any before, and a lease; a lock is free when
 * it was released or its lease has ended, by the time that stands in the log, so that every replica sees it the same
 * (Gray and Cheriton, Leases, 1989). Whoever held it before may not know that yet: what the lock guards turns away a
 * `write` whose token is older than one that it has seen. `release` gives the lock back.
 */
export class LeasedLocks implements StateMachine {
  readonly #leaseNs: number;
  readonly #bugs: ReadonlySet<string>;
  #locks = new Map<Key, Lock>();
  readonly #resource = new FencedResource();

  constructor({ options, bugs }: Pick<NodeConfig, "options" | "bugs">) {
    this.#leaseNs = Number(options["lease"]) * NS_PER_MS;
    this.#bugs = bugs;
  }

  isRead(): boolean {
    return false;
  }

  execute(request: ClientRequest, timeNs = 0): Reply {
    const token = tokenIn(request);
    if (request.f === "acquire") return this.#acquire(request.key, timeNs);
    if (request.f === "write" && token !== undefined) return this.#write(request, token);
    if (request.f === "release" && token !== undefined) return this.#release(request.key, token);
    return unsupported(request);
  }

  #acquire(key: Key, timeNs: number): Reply {
    const { token, untilNs } = this.#lock(key);
    if (untilNs !== null && timeNs < untilNs) {
      const message = `${JSON.stringify(key)} is held with the token ${token}`;
      return { type: "fail", code: "lock-held", message };
    }
    this.#locks.set(key, { token: token + 1, untilNs: timeNs + this.#leaseNs });
    return { type: "ok", value: token + 1 };
  }

  #write({ key, value }: ClientRequest, token: number): Reply {
    const given = this.#lock(key).token;
    const [, written] = value as [Json, Json];
    if (this.#bugs.has("no-fencing")) {
      this.#resource.overwrite(key, token, written);
      return { type: "ok", value };
    }
    if (token > given) return staleToken(`the token ${token} was not given out, ${given} is the newest`);
    return this.#resource.write(key, token, written);
  }

  #release(key: Key, token: number): Reply {
    const { token: given, untilNs } = this.#lock(key);
    if (token !== given || untilNs === null) return staleToken(`the token ${token} does not hold the lock`);
    if (this.#bugs.has("token-lost-on-release")) this.#locks.delete(key);
    else this.#locks.set(key, { token, untilNs: null });
    return { type: "ok", value: token };
  }

  #lock(key: Key): Lock {
    return this.#locks.get(key) ?? { token: 0, untilNs: null };
  }

  snapshot(): Json {
    const locks = this.#bugs.has("tokens-not-in-snapshot") ? [] : [...this.#locks];
    const resource = this.#bugs.has("fence-not-in-snapshot") ? [] : this.#resource.snapshot();
    return { locks, resource };
  }

  restore(snapshot: Json): void {
    const { locks, resource } = snapshot as { locks: [Key, Lock][]; resource: Json };
    this.#locks = new Map(locks);
    this.#resource.restore(resource);
  }
}

const promise: Guarantee = { consistency: "mutual-exclusion", workload: "lock" };
const manySnapshots: Guarantee = { ...promise, targetOptions: { "snapshot-every": "1", lease: "200" } };
const replicas = raftOver((config) => new LeasedLocks(config));

/** A lock service in the manner of Chubby: {@link LeasedLocks} on Raft, with the leader's time in every entry. */
export const leaseLock: Protocol<RaftState, RaftMessage> = {
  ...replicas,
  name: "lease-lock",
  promises: [promise],
  operations: ["acquire", "write", "release"],
  source:
    "Burrows, The Chubby lock service (OSDI 2006), 2.4; Kleppmann, How to do distributed locking (2016); over Raft",
  description:
    "Locks with leases and fencing tokens, replicated by Raft, and the resource that checks the tokens.",
  options: {
    ...replicas.options,
    lease: {
      description: "how long a lease lasts, in ms",
      default: "500",
      problem: (value) => (/^[1-9]\d{0,6}$/.test(value) ? undefined : "must be a whole number of ms from 1"),
    },
  },
  bugs: {
    "no-fencing": {
      description:
        "what the lock guards takes every write, also of a holder whose lease ended while it was paused",
      breaks: promise,
    },
    "token-lost-on-release": {
      description: "a released lock is deleted with its counter of tokens, which begins anew",
      breaks: promise,
    },
    "tokens-not-in-snapshot": {
      description: "the counters of tokens are not part of snapshots: a restart gives tokens out again",
      breaks: manySnapshots,
    },
    "fence-not-in-snapshot": {
      description: "what the lock guards forgets by a restart from a snapshot which token it saw last",
      breaks: manySnapshots,
    },
    "lease-by-replica-clock": {
      description:
        "every replica judges leases by its own clock when it applies: replicas differ, and so do tokens",
      breaks: promise,
    },
  },
};
