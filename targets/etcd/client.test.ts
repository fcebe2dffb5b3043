import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { type Client, completionOfError } from "../../harness/ports/index.ts";
import { etcdClient } from "./client.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function clientOf<T>(
  handler: Handler,
  use: (client: Client) => Promise<T>,
  cluster: { clusterId?: string } = {},
): Promise<T> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await use(etcdClient({ node: "n1", port, ...cluster }, { serializable: false }));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const answering =
  (status: number, body: unknown): Handler =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

const never = new AbortController().signal;

/** As the run records it. */
async function completionOf(client: Client, f: string, value: number | null, signal = never) {
  try {
    return await client.invoke({ f, value }, signal);
  } catch (error) {
    return completionOfError(error, { value, hasEffect: f !== "read" });
  }
}

test("a timeout of the store leaves a write open; a read has no effect that could be open", async () => {
  const timedOut = answering(503, { error: "etcdserver: request timed out", message: "…", code: 14 });
  await clientOf(timedOut, async (client) => {
    expect(await completionOf(client, "write", 1)).toMatchObject({
      type: "info",
      value: 1,
      error: { code: "request-timed-out" },
      node: "n1",
    });
    expect(await completionOf(client, "read", null)).toMatchObject({
      type: "fail",
      error: { code: "request-timed-out" },
    });
  });
});

test("a write that was refused before it was proposed has certainly failed", async () => {
  await clientOf(answering(429, { error: "etcdserver: too many requests", code: 8 }), async (client) => {
    expect(await completionOf(client, "write", 1)).toMatchObject({
      type: "fail",
      error: { code: "too-many-requests" },
    });
  });
});

test("an answer that breaks off leaves a write open", async () => {
  const breaking: Handler = (_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write('{"header":');
    response.socket?.end();
  };
  await clientOf(breaking, async (client) => {
    expect(await completionOf(client, "write", 1)).toMatchObject({ type: "info" });
  });
});

test("a connection that is reset leaves a write open, and is not tried again", async () => {
  let requests = 0;
  const resetting: Handler = (request) => {
    requests++;
    request.socket.resetAndDestroy();
  };
  await clientOf(resetting, async (client) => {
    expect(await completionOf(client, "write", 1)).toMatchObject({ type: "info", node: "n1" });
  });
  expect(requests).toBe(1);
});

test("a 200 that is no JSON object is no success", async () => {
  await clientOf(answering(200, "ok"), async (client) => {
    expect(await completionOf(client, "write", 1)).toMatchObject({
      type: "info",
      error: { code: "bad-answer" },
    });
  });
});

test.each([{}, { header: { cluster_id: "8" } }])(
  "an answer of somebody else's, %j, is none of the store's",
  async (body) => {
    const use = async (client: Client) => {
      expect(await completionOf(client, "read", null)).toMatchObject({
        type: "fail",
        error: { code: "foreign-answer" },
      });
      expect(await completionOf(client, "write", 1)).toMatchObject({
        type: "info",
        error: { code: "foreign-answer" },
      });
    };
    await clientOf(answering(200, body), use, { clusterId: "7" });
  },
);

test("an answer of the cluster itself counts", async () => {
  const ownAnswer = answering(200, { header: { cluster_id: "7" } });
  const use = async (client: Client) =>
    expect(await completionOf(client, "write", 1)).toMatchObject({ type: "ok" });
  await clientOf(ownAnswer, use, { clusterId: "7" });
});

test("a redirect is not followed: nobody knows what it did", async () => {
  let requests = 0;
  const redirecting: Handler = (_request, response) => {
    requests++;
    response.writeHead(302, { location: "/elsewhere" }).end();
  };
  await clientOf(redirecting, async (client) => {
    expect(await completionOf(client, "write", 1)).toMatchObject({ type: "info" });
  });
  expect(requests).toBe(1);
});

test("nobody listens: a write has certainly failed", async () => {
  const gone = await clientOf(answering(200, {}), async (client) => client);
  expect(await completionOf(gone, "write", 1)).toMatchObject({
    type: "fail",
    error: { code: "connection-refused" },
    node: "n1",
  });
});

test("an abort ends the wait and leaves a write open", async () => {
  const controller = new AbortController();
  const silent: Handler = () => controller.abort();
  await clientOf(silent, async (client) => {
    expect(await completionOf(client, "write", 1, controller.signal)).toMatchObject({
      type: "info",
      error: { code: "aborted" },
    });
  });
});

test("a comparison that was false is an answer", async () => {
  await clientOf(answering(200, { header: {} }), async (client) => {
    expect(await client.invoke({ f: "cas", value: [1, 2] }, never)).toEqual({
      type: "fail",
      value: [1, 2],
      error: { code: "precondition-failed", message: "the value is not 1" },
      node: "n1",
    });
  });
});

test("operations that etcd does not have are refused before anything is sent", async () => {
  await clientOf(answering(200, {}), async (client) => {
    await expect(client.invoke({ f: "dequeue", value: null }, never)).rejects.toMatchObject({
      code: "unsupported-operation",
      definite: true,
    });
    await expect(client.invoke({ f: "cas", value: 3 }, never)).rejects.toMatchObject({
      code: "bad-operation",
      definite: true,
    });
  });
});
