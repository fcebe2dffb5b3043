import type { Chains } from "./chains.ts";
import { NEVER, NONE, type RegisterOperations } from "./register-operations.ts";
import type { Sources } from "./sources.ts";

/**
 * Collects the operations that prove something, together with what their proof leans on: the writer of what each of
 * them observed, and where more operations wrote that value, what shows that it was none of the others. So everything
 * outside can be left out, as nothing inside can have observed it.
 *
 * Cost: O(operations collected), at most all of a chain of compare-and-set.
 */
export class Closure {
  readonly #operations: RegisterOperations;
  readonly #sources: Sources;
  readonly #chains: Chains;
  readonly #members = new Set<number>();

  constructor(operations: RegisterOperations, sources: Sources, chains: Chains) {
    this.#operations = operations;
    this.#sources = sources;
    this.#chains = chains;
  }

  /** Adds an operation that happened, and where it crashed the completed one that shows it. */
  add(operation: number): void {
    const { ret } = this.#operations;
    this.#addWithWriters(operation);
    if (ret[operation] === NEVER) this.#addWithWriters(this.#chains.begunBy[operation] as number);
  }

  /** Rows of the history, in order of invocation. */
  rows(): Int32Array {
    const { rows } = this.#operations.object;
    return Int32Array.from(this.#members)
      .sort()
      .map((operation) => rows[operation] as number);
  }

  #addWithWriters(first: number): void {
    const { size, observed } = this.#operations;
    const { source, candidates } = this.#sources;
    const waiting = [first];
    for (let operation = waiting.pop(); operation !== undefined; operation = waiting.pop()) {
      if (operation === size || operation === NONE || this.#members.has(operation)) continue;
      this.#members.add(operation);
      if (observed[operation] === NONE) continue;
      waiting.push(source[operation] as number);
      if (candidates === undefined || !candidates.hasSeveral(operation)) continue;
      waiting.push(candidates.excluder[operation] as number);
      if (source[operation] === NONE) waiting.push(candidates.lastOver(operation));
    }
  }
}
