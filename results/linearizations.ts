import { modelOperation } from "../checkers/linearizable/preparation/model-operation.ts";
import { createModel, describeOperation } from "../checkers/models/index.ts";
import type { History } from "../harness/history/index.ts";
import type { Verdict } from "./verdict.ts";

/** Objects of which an order is shown, and operations of each. */
const SHOWN = 10;
const OPERATIONS_SHOWN = 100;

/** The orders that explain every answer, one operation a line, as many as a person may read; `--json` has all. */
export function renderLinearizations(verdict: Verdict, history: History): string {
  const found = verdict.checks.flatMap(({ linearizations }) => linearizations ?? []);
  const rowOf = new Map(Array.from(history.columns.invokeIndex, (index, row) => [index, row]));
  const model = createModel(verdict.model);
  const sections = found.slice(0, SHOWN).map(({ key, operations }) => {
    const lines = operations.slice(0, OPERATIONS_SHOWN).map((index) => {
      const row = rowOf.get(index) as number;
      const what = describeOperation(model, modelOperation(history, row), undefined);
      return `  process ${history.columns.process[row]} ${what}`;
    });
    return [
      `Linearization${key === undefined ? "" : `, key ${key}`}`,
      ...lines,
      ...more(operations.length - lines.length, "operations"),
    ];
  });
  if (found.length === 0) sections.push(["Linearization", "  none: no key is known to have one"]);
  const rest = more(found.length - SHOWN, "keys");
  return `\n${[...sections, ...(rest.length > 0 ? [rest] : [])].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function more(left: number, what: string): string[] {
  return left > 0 ? [`  and ${left} more ${what}, shown by --json`] : [];
}
