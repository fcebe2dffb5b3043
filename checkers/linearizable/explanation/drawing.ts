/** One line of a drawing: a label, and between which of the events drawn it ran. */
export interface Bar {
  readonly label: string;
  readonly call: number;
  /** Infinity where it never returned. */
  readonly ret: number;
}

/**
 * Intervals as lines of text, one below the other, in the order given. Only the order of events is drawn, two columns
 * an event, so that the width depends on their number and not on time.
 *
 *     write 4  |-----|
 *     write 7    |------
 *     read 4           |-|
 */
export function drawIntervals(bars: readonly Bar[]): string[] {
  const instants = bars.flatMap(({ call, ret }) => (Number.isFinite(ret) ? [call, ret] : [call]));
  const column = new Map(instants.sort((a, b) => a - b).map((instant, index) => [instant, 2 * index]));
  const end = 2 * instants.length;
  const labelWidth = Math.max(...bars.map(({ label }) => label.length));
  return bars.map(({ label, call, ret }) => {
    const from = column.get(call) as number;
    const to = column.get(ret);
    const bar = to === undefined ? `|${"-".repeat(end - from)}` : `|${"-".repeat(to - from - 1)}|`;
    return `${label.padEnd(labelWidth)}  ${" ".repeat(from)}${bar}`;
  });
}
