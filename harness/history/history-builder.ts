import { invariant, UsageError } from "../errors.ts";
import { ABSENT, Completed, History, type HistoryColumns, NEMESIS } from "./history.ts";
import type { EventType, Json, Key, OperationError, Process } from "./operation.ts";
import { sharedBuffer } from "./shared-buffer.ts";
import { ValueTable } from "./value-table.ts";

/** Why an event does not fit what came before it. */
export interface Misfit {
  readonly code: "double-invocation" | "completion-without-invocation" | "mismatched-completion";
  readonly message: string;
}

/** An event that is still to get its index. */
export interface NewEvent {
  readonly time: number;
  readonly type: EventType;
  readonly process: Process;
  readonly f: string;
  readonly key?: Key | undefined;
  readonly value: Json;
  readonly error?: OperationError | undefined;
  readonly node?: string | undefined;
  /** At a completion: what the operation asked for, where its invocation had left that open. */
  readonly input?: Json | undefined;
}

/** Collects events into columns. Cost: amortised O(1) an event beside interning its value. */
export class HistoryBuilder {
  readonly #columns: { -readonly [C in keyof HistoryColumns]: HistoryColumns[C] };
  #capacity: number;
  #length = 0;
  #eventCount = 0;
  readonly #values = new ValueTable();
  readonly #functions = new Names<string>();
  readonly #keys = new Names<Key>();
  readonly #nodes = new Names<string>();
  readonly #errors = new Names<string>();
  readonly #errorList: OperationError[] = [];
  /** The open operation of each process. */
  readonly #open = new Map<Process, number>();

  constructor(capacity = 1024) {
    this.#capacity = capacity;
    this.#columns = allocate(capacity, (length, bytes) => new ArrayBuffer(length * bytes));
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /** The keys seen so far, in order of first use. */
  get keys(): readonly Key[] {
    return this.#keys.list;
  }

  /** Whether the value stands in an event that was added. Cost: O(size of the value). */
  holds(value: Json): boolean {
    return this.#values.has(value);
  }

  /** What keeps `event` from being added, if anything does. */
  misfit(event: Pick<NewEvent, "type" | "process" | "f" | "key">): Misfit | undefined {
    const id = this.#open.get(event.process);
    if (event.type === "invoke") {
      if (id === undefined) return undefined;
      const index = this.#columns.invokeIndex[id] as number;
      return {
        code: "double-invocation",
        message: `process ${event.process} invokes ${event.f} while its ${this.#nameOf(id)} of event ${index} is open`,
      };
    }
    if (id === undefined) {
      // Jepsen notes what its nemesis did as single info events.
      if (event.process === "nemesis" && event.type === "info") return undefined;
      return {
        code: "completion-without-invocation",
        message: `process ${event.process} completes ${event.f} with ${event.type}, but has no open invocation`,
      };
    }
    const key = this.#columns.key[id] as number;
    const expectedKey = key === ABSENT ? undefined : this.#keys.list[key];
    if (event.f !== this.#nameOf(id) || (event.key !== undefined && event.key !== expectedKey)) {
      const of = (f: string, k: Key | undefined) =>
        k === undefined ? f : `${f} of key ${JSON.stringify(k)}`;
      return {
        code: "mismatched-completion",
        message:
          `process ${event.process} completes ${of(event.f, event.key)}, ` +
          `but what it invoked is ${of(this.#nameOf(id), expectedKey)}`,
      };
    }
    return undefined;
  }

  /**
   * Adds the next event; it must fit ({@link misfit}). Events are numbered in the order of these calls.
   * Errors: {@link UsageError} `bad-key`.
   */
  add(event: NewEvent): void {
    const index = this.#eventCount++;
    const open = this.#open.get(event.process);
    if (event.type !== "invoke" && open !== undefined) {
      this.#complete(open, index, event.type, event);
      this.#open.delete(event.process);
      return;
    }
    const id = this.#invoke(index, event);
    if (event.type === "invoke") this.#open.set(event.process, id);
    else {
      invariant(event.process === "nemesis", `event ${index} completes nothing`);
      this.#complete(id, index, event.type, event);
    }
  }

  /** The history of what was added. The builder may go on; the history does not change. */
  finish(): History {
    const columns = allocate(this.#length, (length, bytes) => sharedBuffer(length * bytes));
    for (const name of Object.keys(columns) as (keyof HistoryColumns)[]) {
      columns[name].set(this.#columns[name].subarray(0, this.#length));
    }
    return new History({
      columns,
      eventCount: this.#eventCount,
      values: this.#values,
      names: {
        functions: [...this.#functions.list],
        keys: [...this.#keys.list],
        nodes: [...this.#nodes.list],
        errors: [...this.#errorList],
      },
    });
  }

  #invoke(index: number, event: NewEvent): number {
    if (this.#length === this.#capacity) this.#grow();
    const id = this.#length++;
    const columns = this.#columns;
    columns.process[id] = event.process === "nemesis" ? NEMESIS : event.process;
    columns.f[id] = this.#functions.intern(event.f);
    columns.key[id] = event.key === undefined ? ABSENT : this.#keys.intern(checkedKey(event.key));
    columns.input[id] = this.#values.intern(event.value);
    columns.output[id] = ABSENT;
    columns.completion[id] = Completed.open;
    columns.invokeIndex[id] = index;
    columns.completeIndex[id] = ABSENT;
    columns.invokeTimeNs[id] = event.time;
    columns.completeTimeNs[id] = ABSENT;
    columns.error[id] = ABSENT;
    columns.node[id] = event.node === undefined ? ABSENT : this.#nodes.intern(event.node);
    return id;
  }

  #complete(id: number, index: number, type: Exclude<EventType, "invoke">, event: NewEvent): void {
    const columns = this.#columns;
    columns.output[id] = this.#values.intern(event.value);
    if (event.input !== undefined) columns.input[id] = this.#values.intern(event.input);
    columns.completion[id] = Completed[type];
    columns.completeIndex[id] = index;
    columns.completeTimeNs[id] = event.time;
    if (event.error !== undefined) columns.error[id] = this.#internError(event.error);
    if (event.node !== undefined) columns.node[id] = this.#nodes.intern(event.node);
  }

  #internError(error: OperationError): number {
    const id = this.#errors.intern(`${error.code}\n${error.message}`);
    if (id === this.#errorList.length) this.#errorList.push(error);
    return id;
  }

  #nameOf(id: number): string {
    return this.#functions.list[this.#columns.f[id] as number] as string;
  }

  #grow(): void {
    this.#capacity *= 2;
    const grown = allocate(this.#capacity, (length, bytes) => new ArrayBuffer(length * bytes));
    for (const name of Object.keys(grown) as (keyof HistoryColumns)[]) {
      grown[name].set(this.#columns[name]);
      Object.assign(this.#columns, { [name]: grown[name] });
    }
  }
}

/** Callers without types: two keys that are equal objects would be two keys, and no violation between them be seen. */
function checkedKey(key: Key): Key {
  if (typeof key === "string" || typeof key === "number") return key;
  throw new UsageError({
    code: "bad-key",
    message: `a key is a string or a number, not ${key === null ? "null" : `an ${typeof key}`}`,
    hint: "write keys of another type as text, in one way for equal keys",
  });
}

/** Dense numbers for names, in order of first appearance. */
class Names<T> {
  readonly list: T[] = [];
  readonly #ids = new Map<T, number>();

  intern(name: T): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.list.length);
    this.list.push(name);
    return this.list.length - 1;
  }
}

type Allocate = (length: number, bytesPerElement: number) => ArrayBufferLike;

function allocate(length: number, buffer: Allocate): HistoryColumns {
  const int32 = () => new Int32Array(buffer(length, 4));
  const float64 = () => new Float64Array(buffer(length, 8));
  return {
    process: int32(),
    f: int32(),
    key: int32(),
    input: int32(),
    output: int32(),
    completion: new Uint8Array(buffer(length, 1)),
    invokeIndex: int32(),
    completeIndex: int32(),
    invokeTimeNs: float64(),
    completeTimeNs: float64(),
    error: int32(),
    node: int32(),
  };
}
