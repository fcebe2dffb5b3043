import { monotonicMs } from "../harness/clock/index.ts";
import { readHistoryStream } from "../harness/history/files.ts";
import type { Benchmark, Row, Size } from "./benchmark.ts";

const OPERATIONS: Readonly<Record<Size, number>> = { small: 2_000, full: 1_000_000 };
const PROCESSES = 10;
const PIECE_BYTES = 256 * 1024;

/** How one operation of a kind of history looks: its two events. */
type Write = (operation: number) => string;

const members = (i: number, type: string, f: string, value: string) =>
  `{:type :${type}, :process ${i % PROCESSES}, :f :${f}, :value ${value}, :time ${i * 1000}}`;

/** A register, written and read. */
const register: Write = (i) => {
  const value = String(i >> 1);
  const f = i % 2 === 0 ? "write" : "read";
  return `${members(i, "invoke", f, f === "write" ? value : "nil")}\n${members(i, "ok", f, value)}\n`;
};

/** Jepsen's registers by key: a write or a read of a tuple. */
const independent: Write = (i) => {
  const value = `[${i % 100} ${i >> 1}]`;
  if (i % 2 === 0) return `${members(i, "invoke", "write", value)}\n${members(i, "ok", "write", value)}\n`;
  return `${members(i, "invoke", "read", `[${i % 100} nil]`)}\n${members(i, "ok", "read", value)}\n`;
};

/** As records, with indices, and with transactions for values. */
const transactions: Write = (i) => {
  const record = (type: string, read: string, half: number) =>
    `#jepsen.history.Op{:index ${2 * i + half}, :time ${i * 1000}, :type :${type}, :process ${i % PROCESSES}, ` +
    `:f :txn, :value [[:append ${i % 50} ${i}] [:r ${i % 7} ${read}]]}\n`;
  return record("invoke", "nil", 0) + record("ok", `[${i % 11} ${i % 13} ${i % 17}]`, 1);
};

const KINDS: Readonly<Record<string, Write>> = {
  register,
  "independent registers": independent,
  transactions,
};

/** What a history in EDN costs to read, from bytes in memory to columns. */
export const ednReader: Benchmark = {
  name: "edn-reader",
  description: "reading histories in EDN, an operation being two events",
  async run(size) {
    const rows: Row[] = [];
    for (const [kind, write] of Object.entries(KINDS))
      rows.push(await measure(kind, write, OPERATIONS[size]));
    return rows;
  },
};

async function measure(kind: string, write: Write, operations: number): Promise<Row> {
  const pieces = written(write, operations);
  const sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const startMs = monotonicMs();
  const { history } = await readHistoryStream(eachOf(pieces), kind);
  const ms = monotonicMs() - startMs;
  if (history.length !== operations) throw new Error(`read ${history.length} operations`);
  return {
    kind,
    operations,
    "file MB": (sizeBytes / 2 ** 20).toFixed(1),
    "µs/operation": ((ms * 1000) / operations).toFixed(2),
    "MB/s": (sizeBytes / 2 ** 20 / (ms / 1000)).toFixed(0),
    "peak MB": Math.round(process.resourceUsage().maxRSS / 2 ** 10),
  };
}

function written(write: Write, operations: number): readonly Buffer[] {
  const pieces: Buffer[] = [];
  let text = "";
  for (let i = 0; i < operations; i++) {
    text += write(i);
    if (text.length < PIECE_BYTES && i < operations - 1) continue;
    pieces.push(Buffer.from(text));
    text = "";
  }
  return pieces;
}

async function* eachOf(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}
