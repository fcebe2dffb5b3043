/** What is wrong with EDN text, and where; whoever knows the file makes an error for people of it. */
export class EdnError extends Error {
  readonly code: string;
  /** Where in the text, from 0. */
  readonly at: number;
  readonly hint: string | undefined;

  constructor(code: string, at: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.at = at;
    this.hint = hint;
  }
}

/** Thrown where text ends inside a form. More text may make it whole. */
export class EdnIncomplete extends Error {}
