import type { History, Json } from "../harness/history/index.ts";
import { FINAL_HEAL, type TraceEvent } from "../harness/ports/index.ts";
import { tellJson } from "./tell-json.ts";

/** What a message diagram is drawn of. */
export interface Story {
  /** The nodes, in the order of their columns. */
  readonly nodes: readonly string[];
  /** Client threads; thread t ran the processes t, t + n, … */
  readonly concurrency: number;
  readonly history: History;
  /** Everything that was sent and that happened to nodes, in order of time. */
  readonly trace: readonly TraceEvent[];
}

/** An arrow from one column to another. Columns are named as their heads: `client 0`, `n1`. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly lost: boolean;
}

/** Something that happened, as one line of the diagram. */
export interface Row {
  readonly timeNs: number;
  /** `message`: of which there may be many, and the first to be left out; `event`: what everybody wants to see. */
  readonly kind: "event" | "message";
  /** What is equal to a message in all that is drawn of it. */
  readonly likeness: string;
  readonly arrow?: Arrow;
  /** A mark on a column. */
  readonly mark?: { readonly column: string; readonly sign: string };
  /** What a node is from here on. */
  readonly becomes?: { readonly column: string; readonly state: "up" | "down" | "paused" };
  readonly note: string;
}

const PROCESSES = { start: "up", resume: "up", kill: "down", pause: "paused" } as const;

/** What happened in a run as rows, in order of time, up to the last thing that a client saw. */
export function rowsOf(story: Story): readonly Row[] {
  const rows = [...traceRows(story.trace), ...clientRows(story)].toSorted((a, b) => a.timeNs - b.timeNs);
  const told = joined(rows.filter(({ timeNs, becomes }) => becomes === undefined || timeNs < endOf(story)));
  const last = told.findLastIndex(({ mark }) => mark?.column.startsWith(CLIENT));
  return last < 0 ? told : told.slice(0, last + 1);
}

/** When the last thing was over that anybody did: from there on the cluster is stopped, which is no fault. */
function endOf({ history }: Story): number {
  let endNs = 0;
  for (let id = 0; id < history.length; id++) {
    const { invokeTimeNs, completeTimeNs = invokeTimeNs } = history.operation(id);
    endNs = Math.max(endNs, completeTimeNs);
  }
  return endNs;
}

/** The arrow of a request or a reply and what is told of it, as one row where nothing lies between. */
function joined(rows: readonly Row[]): readonly Row[] {
  const result: Row[] = [];
  for (const row of rows) {
    const before = result.at(-1);
    if (before !== undefined && belongTogether(before, row)) {
      const arrow = before.arrow ?? row.arrow;
      result[result.length - 1] = {
        ...before,
        ...row,
        timeNs: before.timeNs,
        note: before.note || row.note,
        ...(arrow === undefined ? {} : { arrow }),
      };
    } else result.push(row);
  }
  return result;
}

function belongTogether(a: Row, b: Row): boolean {
  const told = a.mark === undefined ? b : a;
  const drawn = told === a ? b : a;
  if (told.mark === undefined || drawn.mark !== undefined || drawn.arrow === undefined) return false;
  if (told.arrow !== undefined || drawn.kind === "message") return false;
  const end = told.mark.sign === "o" ? drawn.arrow.from : drawn.arrow.to;
  return end === told.mark.column;
}

const CLIENT = "client ";

export function clientColumn(thread: number): string {
  return `${CLIENT}${thread}`;
}

function* clientRows({ history, concurrency }: Story): Iterable<Row> {
  for (let id = 0; id < history.length; id++) {
    const operation = history.operation(id);
    const { process, f, key, input, output, type, error, node } = operation;
    if (process === "nemesis") {
      const detail = (output as { readonly effect?: { readonly detail?: string } } | null)?.effect?.detail;
      const note = f === FINAL_HEAL ? "every fault is taken back" : `${f}${planOf(input)}`;
      yield event(operation.invokeTimeNs, `*** ${note}${detail === undefined ? "" : ` (${detail})`}`);
      continue;
    }
    const column = clientColumn(process % concurrency);
    const asked = `${f}${key === undefined ? "" : ` ${key}`}${input === null ? "" : ` ${tellJson(input)}`}`;
    yield {
      ...event(operation.invokeTimeNs, `${column} asks: ${asked}`),
      mark: { column, sign: "o" },
    };
    if (operation.completeTimeNs === undefined) continue;
    const answered =
      type === "ok"
        ? `ok${input === null && output !== null ? ` ${tellJson(output as Json)}` : input === null ? " null" : ""}`
        : `${type}${type === "info" ? ", nobody knows" : ""}: ${error?.code ?? "no reason"}`;
    yield {
      ...event(
        operation.completeTimeNs,
        `${column}: ${asked} -> ${answered}${node === undefined ? "" : `, says ${node}`}`,
      ),
      mark: { column, sign: type === "ok" ? "*" : "?" },
    };
  }
}

function event(timeNs: number, note: string): Row {
  return { timeNs, kind: "event", likeness: "", note };
}

/** Whom a fault strikes, in a few words. */
function planOf(value: Json): string {
  const plan = (value as { readonly plan?: Json } | null)?.plan;
  if (plan === null || plan === undefined || typeof plan !== "object") return "";
  const { drops, nodes } = plan as {
    drops?: Readonly<Record<string, readonly string[]>>;
    nodes?: readonly string[];
  };
  if (nodes !== undefined) return ` of ${nodes.join(", ")}`;
  if (drops === undefined) return ` ${tellJson(plan)}`;
  const deaf = Object.entries(drops).map(([node, muted]) => `${node} no longer hears ${muted.join(", ")}`);
  return `: ${deaf.join("; ")}`;
}

function* traceRows(trace: readonly TraceEvent[]): Iterable<Row> {
  const bodies = new Map<number, { readonly body: Json; readonly sentNs: number }>();
  for (const traced of trace) {
    const { timeNs } = traced;
    switch (traced.type) {
      case "send":
        bodies.set(traced.message, { body: traced.body, sentNs: timeNs });
        break;
      case "deliver":
      case "lose": {
        const { message, from, to } = traced;
        const { body = null, sentNs = timeNs } = bodies.get(message) ?? {};
        const label = labelOf(body);
        const lost = traced.type === "lose";
        const why =
          traced.type === "lose"
            ? `lost: ${WHY_LOST[traced.reason]}`
            : `sent ${toldMs(timeNs - sentNs)} before`;
        yield {
          timeNs,
          kind: "message",
          likeness: `${from} ${to} ${label} ${lost}`,
          arrow: { from, to, label, lost },
          note: `${why}${detailsOf(body)}`,
        };
        break;
      }
      case "request":
      case "reply": {
        const { client, node, body } = traced;
        const column = columnOfClient(client);
        const [from, to] = traced.type === "request" ? [column, node] : [node, column];
        yield {
          timeNs,
          kind: "event",
          likeness: "",
          arrow: { from, to, label: labelOf(body), lost: false },
          note: "",
        };
        break;
      }
      case "node": {
        const { node, what } = traced;
        // That a cluster starts is no news.
        if (timeNs === 0 && what === "start") break;
        const state = PROCESSES[what as keyof typeof PROCESSES];
        yield {
          ...event(timeNs, `${node}: ${what}`),
          mark: { column: node, sign: "#" },
          ...(state === undefined ? {} : { becomes: { column: node, state } }),
        };
        break;
      }
      case "log":
        yield event(timeNs, `${traced.node} notes: ${traced.text}`);
    }
  }
}

const WHY_LOST = { chance: "by chance", partition: "the link is cut", down: "the node is down" } as const;

/** The column of a connection's client: `c4-1` is the first connection of thread 4. */
function columnOfClient(client: string): string {
  const thread = /^c(\d+)(?:-\d+)?$/.exec(client)?.[1];
  return thread === undefined ? client : clientColumn(Number(thread));
}

const MOST_LABEL = 24;

/** A message by its type, a request by what it asks, a reply by what it says. */
function labelOf(body: Json): string {
  if (body === null || typeof body !== "object" || Array.isArray(body)) return tellJson(body, MOST_LABEL);
  const { type, f, value, code } = body as { readonly [name: string]: Json };
  if (typeof f === "string") return f;
  if (type === "ok") return `ok ${tellJson(value ?? null, MOST_LABEL)}`;
  if (typeof code === "string") return code;
  return typeof type === "string" ? type : tellJson(body, MOST_LABEL);
}

const MOST_DETAILS = 70;

function detailsOf(body: Json): string {
  if (body === null || typeof body !== "object" || Array.isArray(body)) return "";
  const { type: _, ...rest } = body as { readonly [name: string]: Json };
  return Object.keys(rest).length === 0 ? "" : `  ${tellJson(rest, MOST_DETAILS)}`;
}

function toldMs(durationNs: number): string {
  return `${(durationNs / 1_000_000).toFixed(1)} ms`;
}
