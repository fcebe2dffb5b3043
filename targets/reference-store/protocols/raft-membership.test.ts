import { describe, expect, it } from "vitest";
import type { NodeEvent } from "../frame.ts";
import { acknowledge, entry, heartbeat, sent, server } from "../testing/raft-server.ts";
import { raft } from "./raft.ts";
import type { RaftMessage } from "./raft-messages.ts";

describe("a raft server whose configuration changes (dissertation, 4)", () => {
  const change = (...members: string[]): NodeEvent<RaftMessage> => ({
    type: "operator",
    command: { type: "change-membership", members },
  });
  const nodes = ["n1", "n2", "n3", "n4"];

  it("changes nothing before an entry of its term is committed (the bug of 2015)", () => {
    const { state, on, hear, lead } = server({ nodes });
    lead();
    on(change("n1", "n2", "n3"));
    expect(state.members).toEqual(nodes);
    hear("n2", acknowledge(state, 1));
    hear("n3", acknowledge(state, 1));
    expect(state.members).toEqual(["n1", "n2", "n3"]);
  });

  it("says who is in only as a leader that has committed an entry of its term", () => {
    const { state, hear, lead } = server({ nodes });
    expect(raft.members?.(state)).toBeUndefined();
    lead();
    expect(raft.members?.(state)).toBeUndefined();
    for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 1));
    expect(raft.members?.(state)).toEqual(nodes);
  });

  it("takes one server out at a time, and goes by the new configuration at once", () => {
    const { state, on, hear, lead } = server({ nodes });
    lead();
    for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 1));
    on(change("n1", "n2"));
    expect(state.members).toEqual(["n1", "n2", "n4"]);
    expect([...state.followers.keys()]).toEqual(["n2", "n4"]);
    hear("n2", acknowledge(state, 2));
    expect(state).toMatchObject({ members: ["n1", "n2"], commitIndex: 2 });
    hear("n2", acknowledge(state, 3));
    expect(state.commitIndex).toBe(3);
  });

  it("lets a new server have the log before it counts", () => {
    const { state, on, hear, lead } = server({ nodes });
    lead();
    for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 1));
    on(change("n1", "n2", "n3"));
    for (const from of ["n2", "n3"]) hear(from, acknowledge(state, 2));
    on(change(...nodes));
    expect(state.members).toEqual(["n1", "n2", "n3"]);
    hear("n4", acknowledge(state, 2));
    expect(state.members).toEqual(nodes);
  });

  it("leads until its own removal is committed, without counting itself", () => {
    const { state, on, hear, lead } = server();
    lead();
    hear("n2", acknowledge(state, 1));
    on(change("n2", "n3"));
    hear("n2", acknowledge(state, 2));
    expect(state).toMatchObject({ role: "leader", commitIndex: 1 });
    hear("n3", acknowledge(state, 2));
    expect(state).toMatchObject({ role: "follower", commitIndex: 2 });
    expect(sent(on({ type: "timer", name: "election" }), "n2")).toEqual([]);
  });

  it("goes back to the configuration before one that is cut off", () => {
    const { state, hear } = server({ nodes });
    const members = ["n1", "n2", "n3"];
    hear("n2", { ...heartbeat(1), entries: [{ ...entry(1), request: null, members }] });
    expect(state.members).toEqual(members);
    hear("n3", { ...heartbeat(2), entries: [entry(2)] });
    expect(state.members).toEqual(nodes);
  });
});
