import type { Model, ModelOperation } from "./model.ts";

/**
 * What was expected in the place of an operation that the model does not know, or of a value of another shape than the
 * model's; undefined where the operation fits.
 */
export function misfitOf(
  model: Pick<Model, "operations" | "misfit">,
  operation: ModelOperation,
): string | undefined {
  const { operations } = model;
  if (operations === undefined) return model.misfit?.(operation);
  const { f, input, output, type } = operation;
  const schema = Object.hasOwn(operations, f) ? operations[f] : undefined;
  if (schema === undefined) return `one of the operations ${Object.keys(operations).join(", ")}`;
  if (schema.input?.fits(input, input) === false) return `${schema.input.what} as the value of ${f}`;
  if (type === "ok" && output !== undefined && schema.output?.fits(output, input) === false) {
    return `${schema.output.what} as the answer of ${f}`;
  }
  return model.misfit?.(operation);
}
