import { AMBIGUOUS, Candidates } from "./candidates.ts";
import { Kind, NEVER, NONE, type RegisterOperations } from "./register-operations.ts";

/** Which operation wrote what each operation observed. */
export interface Sources {
  /** For each operation that observes and happened: its writer, or NONE where nothing can have written it. */
  readonly source: Int32Array;
  /** 1 for the operations that took effect: the completed ones, and the crashed ones that were observed. */
  readonly happened: Uint8Array;
  /** Only where a value that was observed was written more than once. */
  readonly candidates: Candidates | undefined;
}

/**
 * Finds the writer of what each operation observed, or undefined where there may be several.
 *
 * From here on each writer can be taken to write a value of its own, and the crashed operations that did not happen to
 * be absent, without any difference to the verdict. For take an order of the history. Each observer in it finds what
 * the last writer before it wrote, and can only find its source; so the renamed values fit too. No operation that
 * happened has its source among the others, so these can be taken out. And the other way round an order of the rest,
 * with the values put back, is one of the history: who is crashed may be absent.
 *
 * Cost: O(n) where each observed value was written once, else O(n log n).
 */
export function findSources(operations: RegisterOperations): Sources | undefined {
  const { size, kind, observed, written, ret, values } = operations;
  const writers = new Int32Array(values.size);
  const lastWriter = new Int32Array(values.size).fill(NONE);
  for (let i = 0; i <= size; i++) {
    const value = written[i] as number;
    if (value === NONE) continue;
    writers[value] = (writers[value] as number) + 1;
    lastWriter[value] = i;
  }
  let writtenOnce = true;
  for (let i = 0; i < size; i++) {
    const value = observed[i] as number;
    if (value !== NONE && kind[i] !== Kind.refusal && (writers[value] as number) > 1) writtenOnce = false;
  }
  const candidates = writtenOnce ? undefined : new Candidates(operations);

  const source = new Int32Array(size + 1).fill(NONE);
  const happened = new Uint8Array(size + 1);
  const unseen: number[] = [];
  for (let i = 0; i <= size; i++) {
    if (ret[i] === NEVER) continue;
    happened[i] = 1;
    // A crashed operation that was observed took effect, and so observed something itself.
    for (let seen: number | undefined = i; seen !== undefined; seen = unseen.pop()) {
      const value = observed[seen] as number;
      if (value === NONE || kind[seen] === Kind.refusal) continue;
      const several = (writers[value] as number) > 1;
      const writer = several && candidates !== undefined ? candidates.writerOf(seen) : lastWriter[value];
      if (writer === AMBIGUOUS) return undefined;
      if (writer === undefined || writer === NONE) continue;
      source[seen] = writer;
      if (happened[writer] === 1) continue;
      happened[writer] = 1;
      if (ret[writer] === NEVER) unseen.push(writer);
    }
  }
  return { source, happened, candidates };
}
