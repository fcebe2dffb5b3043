import type { History, Json, Key } from "../../harness/history/index.ts";
import { type ClientOperation, clientOperations } from "../client-operations.ts";
import { append, type ListPart, listParts } from "../models/index.ts";

/** One transaction over lists. */
export interface Transaction {
  readonly operation: ClientOperation;
  readonly parts: readonly ListPart[];
}

/** One append, and which transaction made it. */
export interface Append {
  readonly by: Transaction;
  readonly key: Key;
  readonly element: Json;
  /** Its place among the parts of the transaction. */
  readonly part: number;
}

/** The transactions of a history, in order of invocation. Errors: UsageError `history-does-not-fit-model`. */
export function transactionsOf(history: History): Transaction[] {
  return clientOperations(history, append()).map((operation) => ({
    operation,
    parts: listParts(operation),
  }));
}

/** A key and an element, as one text. */
export function elementName(key: Key, element: Json): string {
  return `${JSON.stringify(key)} ${JSON.stringify(element)}`;
}

/** Who appended what, also in vain. An element that was appended to a list more than once tells nobody by whom. */
export class Appends {
  readonly #byElement = new Map<string, Append>();
  #byKey: Map<Key, Map<Transaction, Append[]>> | undefined;
  readonly all: Append[] = [];
  /** Of each element that was appended more than once two appends. */
  readonly ambiguous: (readonly [Append, Append])[] = [];

  constructor(transactions: readonly Transaction[]) {
    for (const by of transactions) {
      for (const [part, [f, key, element]] of by.parts.entries()) {
        if (f !== "append") continue;
        const each = { by, key, element, part };
        const name = elementName(key, element);
        const before = this.#byElement.get(name);
        if (before === undefined) this.#byElement.set(name, each);
        else this.ambiguous.push([before, each]);
        this.all.push(each);
      }
    }
  }

  /** The appends to a list by the transaction that made them, in its order. */
  byTransaction(key: Key): ReadonlyMap<Transaction, readonly Append[]> {
    this.#byKey ??= groupedByKey(this.all);
    return this.#byKey.get(key) ?? new Map();
  }

  of(key: Key, element: Json): Append | undefined {
    return this.#byElement.get(elementName(key, element));
  }
}

function groupedByKey(appends: readonly Append[]): Map<Key, Map<Transaction, Append[]>> {
  const keys = new Map<Key, Map<Transaction, Append[]>>();
  for (const each of appends) {
    const transactions = keys.get(each.key) ?? new Map<Transaction, Append[]>();
    keys.set(each.key, transactions);
    const own = transactions.get(each.by);
    if (own === undefined) transactions.set(each.by, [each]);
    else own.push(each);
  }
  return keys;
}
