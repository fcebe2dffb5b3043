/** Something about a file that a reader could live with, and that people should know. */
export interface Warning {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
  /** The first line that it is about, from 1. */
  readonly line?: number;
}

/** Collects warnings, one a code: a file of a million odd lines earns one sentence. */
export class Warnings {
  readonly #found = new Map<string, { message: string; line: number | undefined; count: number }>();

  add(code: string, line: number | undefined, message: () => string): void {
    const known = this.#found.get(code);
    if (known !== undefined) known.count++;
    else this.#found.set(code, { message: message(), line, count: 1 });
  }

  list(): Warning[] {
    return [...this.#found].map(([code, { message, line, count }]) => ({
      code,
      message:
        count === 1 ? message : `${message}, and on ${count - 1} further line${count === 2 ? "" : "s"}`,
      ...(line === undefined ? {} : { line }),
    }));
  }
}
