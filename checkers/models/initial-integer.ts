import { UsageError } from "../../harness/errors.ts";
import type { Json } from "../../harness/history/index.ts";

/** What `--init` says to a model that starts with an integer. Errors: {@link UsageError} `bad-init`. */
export function initialInteger(
  model: string,
  init: Json | undefined,
  byDefault: number,
  least: number,
): number {
  if (init === undefined || init === null) return byDefault;
  if (Number.isSafeInteger(init) && (init as number) >= least) return init as number;
  const bound = least === Number.MIN_SAFE_INTEGER ? "" : ` from ${least}`;
  throw new UsageError({
    code: "bad-init",
    message: `the initial value of a ${model} is an integer${bound}, not ${JSON.stringify(init)}`,
    hint: `leave --init out for ${byDefault}`,
  });
}
