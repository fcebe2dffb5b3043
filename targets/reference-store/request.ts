import type { Json, Key } from "../../harness/history/operation.ts";

/**
 * What a client wants. `client` names one session, and `sequence` numbers its requests from 1, one at a time, so that a
 * request that arrives twice is applied once (Ongaro's dissertation, section 6.3).
 */
export type ClientRequest = {
  readonly client: string;
  readonly sequence: number;
  readonly f: string;
  readonly key: Key;
  readonly value: Json;
  /** What the client carries from earlier replies: a timestamp, a session token. Absent at first. */
  readonly context?: Json;
};

/**
 * `ok`: done, with the value that the client sees. `fail`: tried and refused by what the store holds. `error`: not
 * served; `definite` where the request certainly has no effect, now or later.
 */
export type Reply =
  /** `context`: what the client is to carry from now on; it keeps what it has where there is none. */
  | { readonly type: "ok"; readonly value: Json; readonly context?: Json }
  | { readonly type: "fail"; readonly code: string; readonly message: string }
  | { readonly type: "error"; readonly code: string; readonly message: string; readonly definite: boolean };
