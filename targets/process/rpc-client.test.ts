import { describe, expect, test } from "vitest";
import type { Invocation } from "../../harness/ports/client.ts";
import { ClientError, type Completion } from "../../harness/ports/outcome.ts";
import { dialects } from "./dialects.ts";
import type { Message, MessageBody } from "./message.ts";
import { clientOf, RpcClient } from "./rpc-client.ts";

const never = new AbortController().signal;

/** A client of a node that answers each request as the function says; `sent` are the requests. */
function asked(workload: string, answer: (request: MessageBody) => MessageBody) {
  const sent: Message[] = [];
  const rpc: RpcClient = new RpcClient("c1", "n1", {
    open: true,
    send(message) {
      sent.push(message);
      const { msg_id = null } = message.body;
      rpc.receive({ ...answer(message.body), in_reply_to: msg_id });
    },
  });
  const client = clientOf(rpc, dialects[workload] ?? {}, { close: () => {}, malformed: () => {} });
  return { sent, invoke: (invocation: Invocation) => client.invoke(invocation, never) };
}

async function errorOf(completion: Promise<Completion>): Promise<ClientError> {
  const error = await completion.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClientError);
  return error as ClientError;
}

describe("each operation is the request that Maelstrom defines", () => {
  const cases: [string, Invocation, MessageBody, MessageBody, Completion["value"]][] = [
    ["echo", { f: "echo", value: "hi" }, { type: "echo", echo: "hi" }, { type: "echo_ok", echo: "ho" }, "ho"],
    [
      "unique-ids",
      { f: "generate", value: null },
      { type: "generate" },
      { type: "generate_ok", id: "n1-4" },
      "n1-4",
    ],
    ["broadcast", { f: "add", value: 3 }, { type: "broadcast", message: 3 }, { type: "broadcast_ok" }, 3],
    ["broadcast", { f: "read", value: null }, { type: "read" }, { type: "read_ok", messages: [3] }, [3]],
    ["g-set", { f: "add", value: 3 }, { type: "add", element: 3 }, { type: "add_ok" }, 3],
    ["g-set", { f: "read", value: null }, { type: "read" }, { type: "read_ok", value: [3] }, [3]],
    ["g-counter", { f: "add", value: 2 }, { type: "add", delta: 2 }, { type: "add_ok" }, 2],
    ["pn-counter", { f: "read", value: null }, { type: "read" }, { type: "read_ok", value: -2 }, -2],
    [
      "lin-kv",
      { f: "read", key: "k", value: null },
      { type: "read", key: "k" },
      { type: "read_ok", value: 1 },
      1,
    ],
    [
      "lin-kv",
      { f: "write", key: "k", value: 2 },
      { type: "write", key: "k", value: 2 },
      { type: "write_ok" },
      2,
    ],
    [
      "lin-kv",
      { f: "cas", key: "k", value: [1, 2] },
      { type: "cas", key: "k", from: 1, to: 2 },
      { type: "cas_ok" },
      [1, 2],
    ],
  ];
  test.each(cases)("%s: %j", async (workload, invocation, request, answer, value) => {
    const { sent, invoke } = asked(workload, () => answer);
    expect(await invoke(invocation)).toEqual({ type: "ok", value, node: "n1" });
    expect(sent).toEqual([{ src: "c1", dest: "n1", body: { ...request, msg_id: 1 } }]);
  });
});

describe("an error means what the table says", () => {
  const error = (code: number, text?: string): MessageBody => ({
    type: "error",
    code,
    ...(text === undefined ? {} : { text }),
  });
  const write: Invocation = { f: "write", key: "k", value: 1 };

  test("definite: it took no effect", async () => {
    const { invoke } = asked("lin-kv", () => error(11, "no quorum"));
    expect(await errorOf(invoke(write))).toMatchObject({
      code: "temporarily-unavailable",
      message: "no quorum",
      definite: true,
      node: "n1",
    });
  });

  test("indefinite: nobody knows", async () => {
    const { invoke } = asked("lin-kv", () => error(13));
    expect(await errorOf(invoke(write))).toMatchObject({ code: "crash", definite: false });
  });

  test("a number of the node's own is indefinite", async () => {
    const { invoke } = asked("lin-kv", () => error(1234));
    expect(await errorOf(invoke(write))).toMatchObject({ code: "error-1234", definite: false });
  });

  test("a read of a key that is not there saw that", async () => {
    const { invoke } = asked("lin-kv", () => error(20));
    expect(await invoke({ f: "read", key: "k", value: null })).toEqual({
      type: "ok",
      value: null,
      node: "n1",
    });
  });

  test("a compare-and-set whose comparison was false failed, and its client goes on", async () => {
    const { invoke } = asked("lin-kv", () => error(22, "it is 5"));
    expect(await invoke({ f: "cas", key: "k", value: [1, 2] })).toEqual({
      type: "fail",
      value: [1, 2],
      error: { code: "precondition-failed", message: "it is 5" },
      node: "n1",
    });
  });
});

describe("nonsense is no answer: nobody knows what the node did", () => {
  test.each<[string, Invocation, MessageBody, string]>([
    ["broadcast", { f: "add", value: 1 }, { type: "ok" }, "a broadcast_ok holds nothing but its type"],
    [
      "broadcast",
      { f: "read", value: null },
      { type: "read_ok", value: [1] },
      "a read_ok holds messages, a list",
    ],
    [
      "g-counter",
      { f: "read", value: null },
      { type: "read_ok", value: "3" },
      "a read_ok holds value, an integer",
    ],
    [
      "unique-ids",
      { f: "generate", value: null },
      { type: "generate_ok", id: null },
      "holds id, anything but null",
    ],
    ["echo", { f: "echo", value: 1 }, {}, "a echo_ok holds echo"],
    [
      "lin-kv",
      { f: "write", key: "k", value: 1 },
      { type: "error", text: "oops" },
      "an error without a number",
    ],
  ])("%s %j answered with %j", async (workload, invocation, answer, message) => {
    const { invoke } = asked(workload, () => answer);
    const error = await errorOf(invoke(invocation));
    expect(error).toMatchObject({ code: "malformed-reply", definite: false });
    expect(error.message).toContain(message);
  });
});

describe("what was asked of a node that ends", () => {
  const silent = (open: boolean) => new RpcClient("c1", "n1", { open, send: () => {} });

  test("was not sent where it was down before", async () => {
    const { code, definite } = await silent(false)
      .ask({ type: "write" }, never)
      .then(
        () => ({ code: "none", definite: false }),
        (error: ClientError) => error,
      );
    expect({ code, definite }).toEqual({ code: "connection-refused", definite: true });
  });

  test("may have been done where it ended meanwhile", async () => {
    const rpc = silent(true);
    const answer = rpc.ask({ type: "write" }, never);
    rpc.lose();
    await expect(answer).rejects.toMatchObject({ code: "connection-reset", definite: false });
    await expect(rpc.ask({ type: "write" }, never)).rejects.toMatchObject({ code: "connection-refused" });
  });

  test("may have been done where nobody waits any more; the late answer is dropped", async () => {
    const rpc = silent(true);
    const abandoned = new AbortController();
    const answer = rpc.ask({ type: "write" }, abandoned.signal);
    abandoned.abort();
    await expect(answer).rejects.toMatchObject({ code: "aborted", definite: false });
    expect(rpc.receive({ type: "write_ok", in_reply_to: 1 })).toBe(true);
  });
});

test("a message that replies to nothing is told apart", () => {
  const rpc = new RpcClient("c1", "n1", { open: true, send: () => {} });
  expect(rpc.receive({ type: "hello" })).toBe(false);
  expect(rpc.receive({ type: "hello_ok", in_reply_to: 7 })).toBe(false);
});
