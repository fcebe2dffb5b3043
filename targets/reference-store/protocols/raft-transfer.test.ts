import { describe, expect, it } from "vitest";
import type { NodeEvent } from "../frame.ts";
import { acknowledge, request, sent, server } from "../testing/raft-server.ts";
import type { RaftMessage } from "./raft-messages.ts";

describe("a raft server that hands over (dissertation, 3.10)", () => {
  const transfer: NodeEvent<RaftMessage> = {
    type: "operator",
    command: { type: "transfer-leadership", to: "n3" },
  };

  it("lets the target stand as soon as it has the whole log, and takes no request meanwhile", () => {
    const { state, on, hear, ask, lead } = server();
    lead();
    hear("n2", acknowledge(state, 1));
    expect(sent(on(transfer), "n3")).toEqual([]);
    ask(request(1));
    expect(state.log.lastIndex).toBe(1);
    expect(sent(hear("n3", acknowledge(state, 1)), "n3")).toEqual([{ type: "TimeoutNow", term: 1 }]);
  });

  it("serves again when the target does not take over in time", () => {
    const { state, on, ask, lead } = server();
    lead();
    on(transfer);
    on({ type: "timer", name: "transfer" });
    ask(request(1));
    expect(state.log.lastIndex).toBe(2);
  });

  it("stands for election at once when it is told to, without asking who would vote", () => {
    const { state, hear } = server({ term: 1 });
    expect(hear("n2", { type: "TimeoutNow", term: 0 })).toEqual([]);
    const effects = hear("n2", { type: "TimeoutNow", term: 1 });
    expect(sent(effects, "n3")).toMatchObject([{ type: "RequestVote", term: 2, transfer: true }]);
    expect(state.role).toBe("candidate");
  });
});
