import { readFileSync } from "node:fs";

/** A program that stands in a page of the documentation, with what the page says that it prints. */
export interface Example {
  /** The page, and the heading above the program. */
  readonly name: string;
  readonly code: string;
  /** Absent where the page does not say. */
  readonly prints: string | undefined;
}

const HEADING_OR_FENCE = /^#+ (?<heading>.+)$|^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm;

/** The JavaScript programs of a page; what one prints stands in a block of text right below it. */
export function examplesOf(page: string): Example[] {
  const examples: Example[] = [];
  let heading = "";
  let last: { code: string; end: number } | undefined;
  const text = readFileSync(page, "utf8");
  for (const match of text.matchAll(HEADING_OR_FENCE)) {
    const { heading: next, language, text: body = "" } = match.groups as Record<string, string | undefined>;
    if (next !== undefined) heading = next;
    else if (language === "js") {
      last = { code: body, end: match.index + match[0].length };
      examples.push({ name: `${page}: ${heading}`, code: body, prints: undefined });
    } else if (language === "text" && last !== undefined && text.slice(last.end, match.index).trim() === "") {
      const example = examples.pop() as Example;
      examples.push({ ...example, prints: body });
    }
  }
  return examples;
}
