import type { Json } from "../../harness/history/operation.ts";
import type { Invocation } from "../../harness/ports/client.ts";
import type { MessageBody } from "./message.ts";

/** How one operation is asked for, and what its answer means. */
export interface RequestForm {
  /** The type of the request; that of the answer is the same with `_ok`. */
  readonly type: string;
  /** The members of the request beside its type. */
  members(invocation: Invocation): MessageBody;
  /** What the client saw, from an answer of the right type; undefined where the answer lacks it. */
  seen(answer: MessageBody, invocation: Invocation): Json | undefined;
  /** What an answer must hold, for people. */
  readonly answer: string;
  /** Errors that are answers, by their number, and what the client saw then. */
  readonly errorsSeen?: Readonly<Record<number, Json>>;
}

/** The requests of a workload, by operation. */
export type Dialect = Readonly<Record<string, RequestForm>>;

const ITS_TYPE = "nothing but its type";

const asInvoked = (_answer: MessageBody, { value }: Invocation): Json => value;

/** A request whose answer says only that it was done. */
function acknowledged(type: string, members: (invocation: Invocation) => MessageBody): RequestForm {
  return { type, members, seen: asInvoked, answer: ITS_TYPE };
}

function readOf(member: string, what: string, fits: (value: Json) => boolean): RequestForm {
  return {
    type: "read",
    members: () => ({}),
    seen: ({ [member]: value }) => (value !== undefined && fits(value) ? value : undefined),
    answer: `${member}, ${what}`,
  };
}

const isList = (value: Json) => Array.isArray(value);
const isInteger = (value: Json) => Number.isSafeInteger(value);

const echo: Dialect = {
  echo: {
    type: "echo",
    members: ({ value }) => ({ echo: value }),
    seen: ({ echo: value }) => value,
    answer: "echo, whatever was sent",
  },
};

const uniqueIds: Dialect = {
  generate: {
    type: "generate",
    members: () => ({}),
    seen: ({ id }) => (id === null ? undefined : id),
    answer: "id, anything but null",
  },
};

const broadcast: Dialect = {
  add: acknowledged("broadcast", ({ value }) => ({ message: value })),
  read: readOf("messages", "a list", isList),
};

const gSet: Dialect = {
  add: acknowledged("add", ({ value }) => ({ element: value })),
  read: readOf("value", "a list", isList),
};

const counter: Dialect = {
  add: acknowledged("add", ({ value }) => ({ delta: value })),
  read: readOf("value", "an integer", isInteger),
};

/** The key that is meant where an operation names none. */
const ONLY_KEY = "";

const linKv: Dialect = {
  read: {
    type: "read",
    members: ({ key = ONLY_KEY }) => ({ key }),
    seen: ({ value }) => value,
    answer: "value",
    // That there is no such key is what a read of it sees, and must fit the order like any other value.
    errorsSeen: { 20: null },
  },
  write: acknowledged("write", ({ key = ONLY_KEY, value }) => ({ key, value })),
  cas: acknowledged("cas", ({ key = ONLY_KEY, value }) => {
    const [from = null, to = null] = value as readonly Json[];
    return { key, from, to };
  }),
};

/**
 * The requests of each workload (Maelstrom, doc/workloads.md), by the workload's name. Workloads of the same operations
 * speak the same.
 */
export const dialects: Readonly<Record<string, Dialect>> = {
  echo,
  "unique-ids": uniqueIds,
  broadcast,
  "g-set": gSet,
  "g-counter": counter,
  "pn-counter": counter,
  "lin-kv": linKv,
  register: linKv,
};
