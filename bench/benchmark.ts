/** `small` runs in the tests and shows that the benchmark works; `full` is what figures are quoted from. */
export type Size = "small" | "full";

/** One line of a benchmark's table: column → value, with units in the columns' names. */
export type Row = Readonly<Record<string, string | number>>;

/** What somebody wants measured in place of what the benchmark has itself. */
export interface Subject {
  readonly files: readonly string[];
  /** The model that the files' operations belong to. */
  readonly model: string;
}

export const OWN_SUBJECT: Subject = { files: [], model: "register" };

export interface Benchmark {
  readonly name: string;
  readonly description: string;
  /** Whether it runs the built program, and so can be tested only where that is. */
  readonly needsBuild?: boolean;
  run(size: Size, subject: Subject): Promise<readonly Row[]>;
}

/** Rows as a table for people. */
export function renderTable(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => (line[at] ?? "").length)));
  return cells.map((line) => line.map((cell, at) => cell.padStart(widths[at] ?? 0)).join("  ")).join("\n");
}
