import { describe, expect, it } from "vitest";
import { acknowledge, entriesOf, request, sent, server } from "../testing/raft-server.ts";
import type { RaftMessage } from "./raft-messages.ts";

describe("a raft server and its clients", () => {
  it("appends a request that arrives twice once, and answers it again when it is applied", () => {
    const { state, hear, lead } = server();
    lead();
    const forwarded: RaftMessage = { type: "ForwardedRequest", request: request(1) };
    hear("n3", forwarded);
    hear("n3", forwarded);
    expect(entriesOf(state)).toHaveLength(2);
    const answered = hear("n2", acknowledge(state, 2));
    expect(sent(answered, "n3")).toContainEqual(
      expect.objectContaining({ type: "ForwardedReply", sequence: 1 }),
    );
    expect(sent(hear("n3", forwarded), "n3")).toMatchObject([{ type: "ForwardedReply", sequence: 1 }]);
    expect(entriesOf(state)).toHaveLength(2);
  });

  it("refuses a request definitely while it knows no leader", () => {
    expect(server().on({ type: "request", request: request(1) })).toMatchObject([
      { type: "reply", reply: { type: "error", code: "no-leader", definite: true } },
    ]);
  });
});
