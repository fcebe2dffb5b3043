import type { Clock } from "../../harness/clock/index.ts";
import { ClientError } from "../../harness/ports/index.ts";
import { withDeadline } from "../deadline.ts";
import { type Answer, type Endpoint, isAnswer, post } from "./gateway.ts";

const TIMEOUT_MS = 1_000;

/**
 * The nodes that say of themselves that they lead, in the order given. A node that does not answer within a second
 * counts as not leading; during a partition two may say so.
 */
export async function primariesAmong(
  endpoints: readonly Endpoint[],
  clock: Clock,
): Promise<readonly string[]> {
  const leads = await Promise.all(
    endpoints.map((endpoint) =>
      withDeadline({ clock, timeoutMs: TIMEOUT_MS }, (signal) => leadsItself(endpoint, signal)),
    ),
  );
  return endpoints.filter((_, i) => leads[i]).map((endpoint) => endpoint.node);
}

async function leadsItself(endpoint: Endpoint, signal: AbortSignal): Promise<boolean> {
  try {
    return isLeader(await post(endpoint, "/v3/maintenance/status", {}, signal));
  } catch (error) {
    if (error instanceof ClientError) return false;
    throw error;
  }
}

/** Whether the status of a member names itself as the leader. The field is absent where it knows of none. */
export function isLeader({ leader, header }: Answer): boolean {
  if (typeof leader !== "string" || !isAnswer(header)) return false;
  const { member_id: memberId } = header;
  return memberId === leader;
}
