import { formatSeconds } from "../harness/clock/index.ts";
import { type Arrow, clientColumn, type Row, rowsOf, type Story } from "./diagram-rows.ts";

/** Messages of a kind that is sent no more often than this are all shown: they are what an election or a hand-over is. */
const RARE = 12;
const TIME_WIDTH = 11;
const LEAST_COLUMN = 12;
const MOST_COLUMN = 22;

/** By how much the arrow of a lost message stops short of its end. */
const LOST_SHORT_OF = 3;

/** A stretch that bears on nothing, as one line. */
interface Elided {
  readonly elided: readonly Row[];
}

/**
 * A run as a diagram of messages in text: a column for each client and each node, time downwards. An arrow is drawn when
 * a message arrives; one that was lost ends in ×, with the reason beside it. What repeats, and what was sent while no
 * client waited for anything, is left out, and counted.
 */
export function renderDiagram(story: Story): string {
  const rows = rowsOf(story);
  const columns = columnsOf(story, rows);
  const width = columnWidth(rows, columns);
  const centre = new Map(columns.map((column, at) => [column, TIME_WIDTH + at * width + (width >> 1)]));
  const lines = [headLine(columns, width)];
  const states = new Map<string, string>();
  for (const row of withoutStretches(rows)) {
    if ("elided" in row) {
      const line = lineOf(columns, centre, states);
      place(line, TIME_WIDTH - 3, "⋮");
      lines.push(`${line.join("")}  ${countOf(row.elided)}`);
      continue;
    }
    if (row.becomes !== undefined) states.set(row.becomes.column, STATE_SIGN[row.becomes.state]);
    const line = lineOf(columns, centre, states);
    draw(line, centre, row);
    place(line, 0, formatSeconds(row.timeNs).padStart(TIME_WIDTH - 2));
    lines.push(`${line.join("")}  ${row.note}`.trimEnd());
  }
  return `${lines.join("\n")}\n`;
}

const STATE_SIGN = { up: "|", down: " ", paused: ":" } as const;

/** Clients that did anything, in order of their threads, then the nodes. */
function columnsOf({ nodes, concurrency }: Story, rows: readonly Row[]): readonly string[] {
  const used = new Set(rows.flatMap(({ mark, arrow }) => [mark?.column, arrow?.from, arrow?.to]));
  const clients = Array.from({ length: concurrency }, (_, thread) => clientColumn(thread));
  return [...clients.filter((client) => used.has(client)), ...nodes];
}

function columnWidth(rows: readonly Row[], columns: readonly string[]): number {
  const labels = rows.flatMap(({ arrow }) => (arrow === undefined ? [] : [arrow.label.length + 7]));
  return Math.min(MOST_COLUMN, Math.max(LEAST_COLUMN, ...labels, ...columns.map((name) => name.length + 2)));
}

function headLine(columns: readonly string[], width: number): string {
  const heads = columns.map((name) => {
    const left = (width >> 1) - (name.length >> 1);
    return `${" ".repeat(Math.max(0, left))}${name}`.padEnd(width);
  });
  return `${" ".repeat(TIME_WIDTH)}${heads.join("")}`.trimEnd();
}

function lineOf(
  columns: readonly string[],
  centre: ReadonlyMap<string, number>,
  states: ReadonlyMap<string, string>,
): string[] {
  const last = Math.max(0, ...centre.values());
  const line: string[] = Array.from({ length: last + 2 }, () => " ");
  for (const column of columns) line[centre.get(column) as number] = states.get(column) ?? "|";
  return line;
}

function draw(line: string[], centre: ReadonlyMap<string, number>, { arrow, mark }: Row): void {
  if (arrow !== undefined) drawArrow(line, centre, arrow);
  const at = mark === undefined ? undefined : centre.get(mark.column);
  if (mark !== undefined && at !== undefined) line[at] = mark.sign;
}

function drawArrow(
  line: string[],
  centre: ReadonlyMap<string, number>,
  { from, to, label, lost }: Arrow,
): void {
  const start = centre.get(from);
  const end = centre.get(to);
  if (start === undefined || end === undefined) return;
  const step = end > start ? 1 : -1;
  const reach = lost ? end - LOST_SHORT_OF * step : end - step;
  for (let at = start + step; at !== reach; at += step) line[at] = "-";
  line[reach] = lost ? "×" : step > 0 ? ">" : "<";
  const length = Math.abs(reach - start) - 1;
  const shown = label.length <= length - 2 ? label : label.slice(0, Math.max(0, length - 2));
  const left = Math.min(start, reach) + 1 + ((length - shown.length) >> 1);
  place(line, left, shown);
}

function place(line: string[], at: number, text: string): void {
  for (const [offset, sign] of [...text].entries()) line[at + offset] = sign;
}

/** The rows to be shown, with what lies between them put together. */
function withoutStretches(rows: readonly Row[]): readonly (Row | Elided)[] {
  const counts = new Map<string, number>();
  for (const { arrow, kind } of rows) {
    if (kind === "message" && arrow !== undefined)
      counts.set(arrow.label, (counts.get(arrow.label) ?? 0) + 1);
  }
  const shown: (Row | Elided)[] = [];
  let seen = new Set<string>();
  let waiting = 0;
  for (const row of rows) {
    waiting += row.mark?.sign === "o" ? 1 : row.mark?.sign === "*" || row.mark?.sign === "?" ? -1 : 0;
    if (row.kind === "event") {
      seen = new Set();
      shown.push(row);
      continue;
    }
    const isRare = (counts.get(row.arrow?.label ?? "") ?? 0) <= RARE;
    if ((waiting > 0 || isRare) && !seen.has(row.likeness)) {
      seen.add(row.likeness);
      shown.push(row);
      continue;
    }
    const last = shown.at(-1);
    if (last !== undefined && "elided" in last) shown[shown.length - 1] = { elided: [...last.elided, row] };
    else shown.push({ elided: [row] });
  }
  return shown;
}

/** `24 messages: 12 AppendEntries, 12 AppendEntriesResponse`, with how many of them were lost. */
function countOf(rows: readonly Row[]): string {
  const counts = new Map<string, number>();
  let lost = 0;
  for (const { arrow } of rows) {
    if (arrow === undefined) continue;
    counts.set(arrow.label, (counts.get(arrow.label) ?? 0) + 1);
    if (arrow.lost) lost++;
  }
  const kinds = [...counts].map(([label, count]) => `${count} ${label}`).join(", ");
  const of = rows.length === 1 ? "one message" : `${rows.length} messages`;
  return `${of}: ${kinds}${lost === 0 ? "" : `; ${lost} of them lost`}`;
}
