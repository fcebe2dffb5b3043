import type { MessageBody } from "../message.ts";

/**
 * A node that the harness plays: it answers each request at once. `client`: who asks. The answer lacks its
 * `in_reply_to`, which whoever carries it adds.
 */
export interface Service {
  answer(client: string, request: MessageBody): MessageBody;
}
