import { describe, expect, it } from "vitest";
import { Random } from "../../../harness/clock/random.ts";
import type { Json } from "../../../harness/history/operation.ts";
import { ClientError } from "../../../harness/ports/outcome.ts";
import type { Ask } from "../client-side.ts";
import type { Reply } from "../request.ts";
import { askAllReplicas } from "./pbft-client.ts";

const nodes = ["n1", "n2", "n3", "n4"];
const read = { f: "read", key: "x", value: null };
const never = new Promise<never>(() => undefined);

function client(ask: Ask, sleep: (durationNs: number) => Promise<void> = async () => undefined) {
  const invoke = askAllReplicas({
    client: "c1",
    home: "n1",
    nodes,
    roams: false,
    timeoutNs: 1_000,
    bugs: new Set(),
    options: {},
    random: new Random(1),
    carried: {},
    sleep,
  });
  return invoke(read, ask);
}

function ok(value: Json): Reply {
  return { type: "ok", value };
}

function failure(code: string, definite: boolean): ClientError {
  return new ClientError({ code, message: code, definite });
}

describe("a client of pbft", () => {
  it("believes what f + 1 replicas say, whoever answers first", async () => {
    const values = new Map<string, Json>([
      ["n1", "lie"],
      ["n2", 1],
      ["n3", 1],
    ]);
    const answer = await client(async (node) => (values.has(node) ? ok(values.get(node) ?? null) : never));
    expect(answer.reply).toEqual(ok(1));
  });

  it("asks a replica again that could not be reached", async () => {
    let refusals = 3;
    const answer = await client(async (node) => {
      if (node === "n1" || node === "n2") return never;
      if (node === "n3" && refusals-- > 0) throw failure("connection-refused", true);
      return ok(2);
    });
    expect(answer).toMatchObject({ reply: ok(2), node: "n3" });
  });

  it.each([
    ["certain", true],
    ["in doubt", false],
  ])("gives up with the operation, its effect %s", async (_, definite) => {
    const asked = new Set<string>();
    const outcome = client(async (node) => {
      if (asked.has(node)) throw failure("aborted", true);
      asked.add(node);
      throw failure(definite ? "connection-refused" : "connection-reset", definite);
    });
    await expect(outcome).rejects.toMatchObject({ code: "no-agreement", definite });
  });
});
