import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/**
 * Where a command talks to people and programs: results on stdout, everything else on stderr. Colour only where a
 * terminal shows it and NO_COLOR is not set (no-color.org).
 */
export interface Console {
  /** A result, on stdout. */
  out(text: string): void;
  /** Anything else, on stderr. */
  err(text: string): void;
  /** Whether stderr is a terminal, on which progress may be redrawn. */
  readonly live: boolean;
  style(style: Style, text: string): string;
}

interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export function systemConsole(
  env: NodeJS.ProcessEnv,
  { stdout, stderr }: { readonly stdout: Stream; readonly stderr: Stream } = process,
): Console {
  const coloured = stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return {
    out: (text) => stdout.write(`${text}\n`),
    err: (text) => stderr.write(`${text}\n`),
    live: stderr.isTTY === true && env["TERM"] !== "dumb" && !env["CI"],
    style: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}
