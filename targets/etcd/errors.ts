/** What an error of etcd, or of the way to it, says about a write that met it. */
export interface ErrorRow {
  /** Found in the text of the error. */
  readonly pattern: RegExp;
  /** Stable, kebab-case. */
  readonly code: string;
  /** Whether the write certainly took no effect. */
  readonly definite: boolean;
  /** Why that is so. */
  readonly because: string;
}

/**
 * The errors of etcd 3.4, the first row that matches counts (texts: api/v3rpc/rpctypes/error.go, raft/raft.go;
 * meanings: v3rpc/interceptor.go, v3rpc/quota.go, apply.go, v3_server.go). What is in no row is indefinite.
 */
export const ERROR_TABLE: readonly ErrorRow[] = [
  {
    pattern: /etcdserver: mvcc: database space exceeded/,
    code: "no-space",
    definite: false,
    because:
      "the apply step of the first write over the quota carries it out and answers with this all the same",
  },
  {
    pattern: /etcdserver: request timed out/,
    code: "request-timed-out",
    definite: false,
    because: "the proposal may be in the log, and be committed later",
  },
  {
    pattern: /etcdserver: leader changed/,
    code: "leader-changed",
    definite: false,
    because: "the old leader may have replicated it",
  },
  {
    pattern: /etcdserver: no leader/,
    code: "no-leader",
    definite: false,
    because: "also the answer where the leader is lost while the request waits",
  },
  {
    pattern: /etcdserver: not leader/,
    code: "not-leader",
    definite: false,
    because: "leadership may be lost after the proposal",
  },
  {
    pattern: /raft proposal dropped/,
    code: "proposal-dropped",
    definite: false,
    because: "raft ignored it, but etcd promises its clients nothing on that",
  },
  {
    pattern: /etcdserver: server stopped/,
    code: "server-stopped",
    definite: false,
    because: "requests that wait for their proposal get it when the server stops",
  },
  {
    pattern: /etcdserver: not capable/,
    code: "not-capable",
    definite: true,
    because: "refused before any handler, while the cluster agrees on its version",
  },
  {
    pattern: /etcdserver: too many requests/,
    code: "too-many-requests",
    definite: true,
    because: "refused before it is proposed, as too much is committed and not applied",
  },
  {
    pattern: /etcdserver: request is too large/,
    code: "request-too-large",
    definite: true,
    because: "its size is looked at before it is proposed",
  },
  {
    pattern: /etcdserver: (key is not provided|duplicate key given in txn|too many operations in txn)/,
    code: "bad-request",
    definite: true,
    because: "requests are looked through before they are proposed",
  },
  {
    pattern: /etcdserver: unhealthy cluster/,
    code: "unhealthy-cluster",
    definite: false,
    because: "not documented for writes of keys",
  },
  {
    pattern: /etcdserver: corrupt cluster/,
    code: "corrupt-cluster",
    definite: false,
    because: "raised when a committed entry is applied",
  },
  {
    pattern: /transport is closing|connection error|TransientFailure|code = Unavailable/,
    code: "gateway-lost-server",
    definite: false,
    because: "the gateway lost its server, before or after it handed the request over",
  },
  {
    pattern: /context (deadline exceeded|canceled)/,
    code: "gateway-gave-up",
    definite: false,
    because: "the gateway stopped waiting; the proposal goes on",
  },
];

/** Errors of the connection, by their codes in Node. */
const CONNECTION_TABLE: readonly (Omit<ErrorRow, "pattern"> & { readonly errno: string })[] = [
  {
    errno: "ECONNREFUSED",
    code: "connection-refused",
    definite: true,
    because: "nothing listens there, so nothing was sent",
  },
  {
    errno: "UND_ERR_CONNECT_TIMEOUT",
    code: "connect-timeout",
    definite: true,
    because: "there was no connection to send it on",
  },
  {
    errno: "ECONNRESET",
    code: "connection-reset",
    definite: false,
    because: "the node may have read the request before it went away",
  },
  { errno: "EPIPE", code: "connection-reset", definite: false, because: "a part may have been read" },
  {
    errno: "UND_ERR_SOCKET",
    code: "connection-closed",
    definite: false,
    because: "the node may have read the request before it closed",
  },
  { errno: "UND_ERR_HEADERS_TIMEOUT", code: "no-answer", definite: false, because: "it was sent" },
  { errno: "UND_ERR_BODY_TIMEOUT", code: "no-answer", definite: false, because: "it was sent" },
];

export interface ErrorMeaning {
  readonly code: string;
  readonly definite: boolean;
}

/** What the text of an answer that is an error means. */
export function meaningOfAnswer(text: string): ErrorMeaning {
  const row = ERROR_TABLE.find(({ pattern }) => pattern.test(text));
  return row === undefined
    ? { code: "etcd-error", definite: false }
    : { code: row.code, definite: row.definite };
}

/** What it means that a request ended without an answer. */
export function meaningOfFailure(error: unknown): ErrorMeaning {
  for (let at = error; at instanceof Error; at = at.cause) {
    // The signal of the run: nobody waits any more.
    if (at.name === "AbortError" || at.name === "TimeoutError") return { code: "aborted", definite: false };
    const errno = "code" in at ? at.code : undefined;
    const row = CONNECTION_TABLE.find((candidate) => candidate.errno === errno);
    if (row !== undefined) return { code: row.code, definite: row.definite };
  }
  return { code: "request-failed", definite: false };
}
