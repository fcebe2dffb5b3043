import { isDeepStrictEqual } from "node:util";
import type { Json, Key } from "../../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "../request.ts";
import type { Crdt } from "./crdt.ts";

/** An update of one object; `counter` is that of its stamp. */
export type KeyedUpdate = { readonly key: Key; readonly counter: number; readonly update: Json };

/** The objects of one replica, all of one type, by key; and the counter from which its stamps come. */
export class CrdtObjects {
  readonly crdt: Crdt<Json, Json>;
  readonly #node: string;
  readonly #states = new Map<Key, Json>();
  #counter = 0;

  constructor(node: string, crdt: Crdt<Json, Json>) {
    this.#node = node;
    this.crdt = crdt;
  }

  /** The largest counter of a stamp seen or given. */
  get counter(): number {
    return this.#counter;
  }

  get keys(): readonly Key[] {
    return [...this.#states.keys()];
  }

  state(key: Key): Json {
    return this.#states.get(key) ?? this.crdt.initial;
  }

  /** What a client is told, and the update that its operation comes to, which is not applied yet. */
  serve({ f, key, value }: ClientRequest): { readonly reply: Reply; readonly update?: KeyedUpdate } {
    const { crdt } = this;
    const state = this.state(key);
    if (f === "read") return { reply: { type: "ok", value: crdt.read(state) } };
    if (!crdt.operations.includes(f)) {
      const message = `a ${crdt.name} has no ${f}`;
      return { reply: { type: "error", code: "unsupported-operation", message, definite: true } };
    }
    const counter = this.#counter + 1;
    const update = crdt.prepare(state, { f, value }, { node: this.#node, dot: [counter, this.#node] });
    if (typeof update === "string") return { reply: { type: "fail", code: "refused", message: update } };
    const reply: Reply = { type: "ok", value };
    return update === undefined ? { reply } : { reply, update: { key, counter, update } };
  }

  apply({ key, counter, update }: KeyedUpdate): void {
    this.seen(counter);
    this.#states.set(key, this.crdt.apply(this.state(key), update));
  }

  /** Merges a state in; whether that changed anything. */
  merge(key: Key, state: Json): boolean {
    return this.replace(key, this.crdt.merge(this.state(key), state));
  }

  /** Puts a state in place of what is there; whether that changed anything. */
  replace(key: Key, state: Json): boolean {
    if (isDeepStrictEqual(state, this.state(key))) return false;
    this.#states.set(key, state);
    return true;
  }

  /** Somebody gave a stamp with this counter. */
  seen(counter: number): void {
    this.#counter = Math.max(this.#counter, counter);
  }

  /** All of it, for the disk. */
  contents(): Json {
    return { counter: this.#counter, states: [...this.#states] };
  }

  restore(contents: Json | undefined): void {
    if (contents === undefined) return;
    const { counter, states } = contents as { counter: number; states: [Key, Json][] };
    this.#counter = counter;
    for (const [key, state] of states) this.#states.set(key, state);
  }
}
