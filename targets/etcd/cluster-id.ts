import { EnvironmentError } from "../../harness/errors.ts";
import type { TargetSetup } from "../../harness/ports/index.ts";
import { withDeadline } from "../deadline.ts";
import { clusterIn, type Endpoint, post } from "./gateway.ts";

const TIMEOUT_MS = 10_000;

/**
 * The endpoints of one cluster, each with the id that every answer must carry. The id is asked of a node that has just
 * said that it is ready.
 * Errors: {@link EnvironmentError} `not-ready`.
 */
export async function withClusterId(
  endpoints: readonly Endpoint[],
  { clock, signal }: Pick<TargetSetup, "clock" | "signal">,
): Promise<readonly Endpoint[]> {
  const [first] = endpoints;
  const ask = async (deadline: AbortSignal) =>
    first === undefined ? undefined : clusterIn(await post(first, "/v3/maintenance/status", {}, deadline));
  const clusterId = await withDeadline({ clock, timeoutMs: TIMEOUT_MS, signal }, ask);
  if (clusterId === undefined) {
    throw new EnvironmentError({
      code: "not-ready",
      message: `${first?.node} was ready, and then did not say which cluster it belongs to`,
      hint: "see its log in the run folder",
    });
  }
  return endpoints.map((endpoint) => ({ ...endpoint, clusterId }));
}
