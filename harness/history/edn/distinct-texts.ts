/** What became a JSON string. */
export type TextKind =
  | "string"
  | "keyword"
  | "symbol"
  | "character"
  | "integer"
  | "float"
  | "decimal"
  | "ratio"
  | "tag"
  | "key";

/**
 * Remembers what each JSON string stood for in EDN. The keyword `:a` and the string `"a"` are different values, and so
 * may not both become the string `a`: to take a read of one for a write of the other could hide a violation.
 *
 * Cost: one look-up a text; in memory each different text once.
 */
export class DistinctTexts {
  readonly #kinds = new Map<string, TextKind>();

  /** Notes that `text` stands for something of this kind. The answer is the kind that it stood for before, if another. */
  clash(text: string, kind: TextKind): TextKind | undefined {
    const known = this.#kinds.get(text);
    if (known === kind) return undefined;
    if (known === undefined) this.#kinds.set(text, kind);
    return known;
  }
}

/** The value as it stood in EDN. */
export function ednSpelling(text: string, kind: TextKind): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  switch (kind) {
    case "string":
      return `the string ${JSON.stringify(shown)}`;
    case "keyword":
      return `the keyword :${shown}`;
    case "key":
      return `the map key ${shown}`;
    case "tag":
      return `the tag ${shown}`;
    case "symbol":
    case "character":
    case "integer":
    case "float":
    case "decimal":
    case "ratio":
      return `the ${kind} ${shown}`;
  }
}
