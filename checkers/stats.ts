import { ABSENT, Completed, type History, NEMESIS } from "../harness/history/index.ts";
import { FINAL_HEAL } from "../harness/ports/nemesis.ts";

/** How operations ended. One that never completed counts as `info`: nobody knows what became of it. */
export interface Counts {
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
}

export interface PhaseStats {
  /** All operations of clients together. */
  readonly total: Counts;
  /** By kind of operation. */
  readonly operations: Readonly<Record<string, Counts>>;
  /** How many operations ended with each error, by its code. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * `load`: everything that clients invoked before the invocation of `final-heal`; `recovery`: everything after it.
 * A history without that has only `load`.
 */
export interface Stats {
  readonly load: PhaseStats;
  readonly recovery?: PhaseStats;
}

/** Counts what clients did, by phase. Cost: O(n) over the columns. */
export function stats(history: History): Stats {
  const { columns } = history;
  const boundary = finalHealIndex(history);
  const load = new Tally(history);
  const recovery = new Tally(history);
  for (let id = 0; id < history.length; id++) {
    if (columns.process[id] === NEMESIS) continue;
    ((columns.invokeIndex[id] as number) < boundary ? load : recovery).add(id);
  }
  return { load: load.finish(), ...(boundary === Infinity ? {} : { recovery: recovery.finish() }) };
}

/** The event at which the recovery begins; `Infinity` where the history has none. */
export function finalHealIndex({ columns, names, length }: History): number {
  const f = names.functions.indexOf(FINAL_HEAL);
  if (f < 0) return Infinity;
  for (let id = 0; id < length; id++) {
    if (columns.f[id] === f && columns.process[id] === NEMESIS) return columns.invokeIndex[id] as number;
  }
  return Infinity;
}

/** When the final heal was over, or began where it never was; 0 where there is none. */
export function finalHealTimeNs(history: History): number {
  const index = finalHealIndex(history);
  if (index === Infinity) return 0;
  const { invokeTimeNs, completeTimeNs } = history.operationInvokedAt(index) ?? { invokeTimeNs: 0 };
  return completeTimeNs ?? invokeTimeNs;
}

class Tally {
  readonly #history: History;
  /** Per kind of operation one place for each number of {@link Completed}. */
  readonly #endings: Float64Array;
  readonly #errors = new Map<string, number>();

  constructor(history: History) {
    this.#history = history;
    this.#endings = new Float64Array(history.names.functions.length * 4);
  }

  add(id: number): void {
    const { columns, names } = this.#history;
    const place = (columns.f[id] as number) * 4 + (columns.completion[id] as number);
    this.#endings[place] = (this.#endings[place] as number) + 1;
    const error = columns.error[id] as number;
    if (error === ABSENT) return;
    const code = names.errors[error]?.code ?? "unknown";
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
  }

  finish(): PhaseStats {
    const operations = this.#history.names.functions
      .map((name, f): [string, Counts] => [name, this.#countsOf(f)])
      .filter(([, counts]) => counts.ok + counts.fail + counts.info > 0);
    return {
      total: sum(operations.map(([, counts]) => counts)),
      operations: Object.fromEntries(operations),
      errors: Object.fromEntries(this.#errors),
    };
  }

  #countsOf(f: number): Counts {
    const at = (completion: number) => this.#endings[f * 4 + completion] as number;
    return {
      ok: at(Completed.ok),
      fail: at(Completed.fail),
      info: at(Completed.info) + at(Completed.open),
    };
  }
}

function sum(all: readonly Counts[]): Counts {
  return all.reduce<Counts>((a, b) => ({ ok: a.ok + b.ok, fail: a.fail + b.fail, info: a.info + b.info }), {
    ok: 0,
    fail: 0,
    info: 0,
  });
}
