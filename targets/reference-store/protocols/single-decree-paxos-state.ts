import type { Json, Key } from "../../../harness/history/operation.ts";
import { type Ballot, compareBallots, NO_BALLOT } from "../ballot.ts";
import type { DiskContents, NodeConfig } from "../frame.ts";

/** A register's state as it was accepted, with the sessions of its clients; null where nothing was. */
export type Accepted = { readonly ballot: Ballot; readonly state: Json };

export type PaxosMessage =
  | { readonly type: "Prepare"; readonly key: Key; readonly ballot: Ballot }
  | {
      readonly type: "Promise";
      readonly key: Key;
      readonly ballot: Ballot;
      readonly accepted: Accepted | null;
    }
  | { readonly type: "Accept"; readonly key: Key; readonly ballot: Ballot; readonly state: Json }
  | { readonly type: "Accepted"; readonly key: Key; readonly ballot: Ballot }
  /** To a proposer: `promised` is in the way of its `ballot`. */
  | {
      readonly type: "Conflict";
      readonly key: Key;
      readonly ballot: Ballot;
      readonly promised: Ballot;
    };

export type Message<Type extends PaxosMessage["type"]> = Extract<PaxosMessage, { type: Type }>;

/** What an acceptor holds of one register; durable before it tells. */
export interface Acceptor {
  promised: Ballot;
  accepted: Accepted | null;
}

/** What was accepted under the highest ballot. */
export function newestOf(promises: Iterable<Accepted | null>): Accepted | null {
  let newest: Accepted | null = null;
  for (const accepted of promises) {
    if (accepted === null) continue;
    if (newest === null || compareBallots(accepted.ballot, newest.ballot) > 0) newest = accepted;
  }
  return newest;
}

/** The acceptor's part for one register; a new one where nothing was asked of it yet. */
export function acceptorOf(acceptors: Map<Key, Acceptor>, key: Key): Acceptor {
  const acceptor = acceptors.get(key) ?? { promised: NO_BALLOT, accepted: null };
  acceptors.set(key, acceptor);
  return acceptor;
}

const RECORD = "acceptor ";

/** The name of the record that holds an acceptor's part for one register. */
export function recordName(key: Key): string {
  return `${RECORD}${JSON.stringify(key)}`;
}

/** What an acceptor finds when it starts. */
export function restoredAcceptors({ records }: DiskContents, { bugs }: NodeConfig): Map<Key, Acceptor> {
  const acceptors = new Map<Key, Acceptor>();
  for (const [name, record] of records) {
    const { promised, accepted } = record as { promised: Ballot; accepted: Accepted | null };
    acceptors.set(JSON.parse(name.slice(RECORD.length)) as Key, {
      promised: bugs.has("forget-promise") ? NO_BALLOT : promised,
      accepted,
    });
  }
  return acceptors;
}
