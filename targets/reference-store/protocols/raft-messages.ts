import type { Json } from "../../../harness/history/operation.ts";
import type { Snapshot } from "../compacted-log.ts";
import type { ForwardedMessage } from "../forwarded-requests.ts";
import type { ClientRequest } from "../frame.ts";

/** One that is neither a request nor a configuration is the no-op that opens a term. */
export type LogEntry = {
  readonly term: number;
  /** The server whose client waits for it. */
  readonly origin: string;
  readonly request: ClientRequest | null;
  /** When the leader took it in, by the leader's clock. */
  readonly timeNs: number;
  /** The configuration that holds from this entry on, committed or not (dissertation, 4.1). */
  readonly members?: readonly string[];
};

/** What a snapshot says of the entries that it stands for. */
export type Included = {
  readonly lastTerm: number;
  readonly members: readonly string[];
  readonly state: Json;
};
type RaftSnapshot = Snapshot<Included>;

/** What servers say to each other. A `term` is the sender's current term. */
export type RaftMessage =
  /** Would you vote for me in the next term (dissertation, 9.6)? */
  | {
      readonly type: "PreVote";
      readonly term: number;
      readonly lastLogIndex: number;
      readonly lastLogTerm: number;
    }
  | { readonly type: "PreVoteResponse"; readonly term: number; readonly voteGranted: boolean }
  | {
      readonly type: "RequestVote";
      readonly term: number;
      readonly lastLogIndex: number;
      readonly lastLogTerm: number;
      /** The leader itself asked for this election (dissertation, 3.10). */
      readonly transfer: boolean;
    }
  | { readonly type: "RequestVoteResponse"; readonly term: number; readonly voteGranted: boolean }
  | {
      readonly type: "AppendEntries";
      readonly term: number;
      readonly prevLogIndex: number;
      readonly prevLogTerm: number;
      readonly entries: readonly LogEntry[];
      readonly leaderCommit: number;
      /** Counts the leader's rounds of heartbeats; comes back in the response. */
      readonly round: number;
    }
  | {
      readonly type: "InstallSnapshot";
      readonly term: number;
      readonly snapshot: RaftSnapshot;
      readonly round: number;
    }
  /** To AppendEntries and InstallSnapshot. */
  | {
      readonly type: "AppendEntriesResponse";
      readonly term: number;
      readonly success: boolean;
      /** On success, up to where the logs are known to agree; else, from where the leader should try next; 0: no matter. */
      readonly index: number;
      readonly round: number;
    }
  | { readonly type: "TimeoutNow"; readonly term: number }
  | ForwardedMessage;

export type Message<Type extends RaftMessage["type"]> = Extract<RaftMessage, { type: Type }>;
