import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Json } from "../../harness/history/operation.ts";
import type { OptionValues } from "../../harness/ports/options.ts";
import type { Protocol } from "./frame.ts";
import { protocols } from "./protocols/index.ts";
import { chaosRun } from "./testing/chaos-run.ts";

/** Options with which a protocol keeps registers, where it would keep something else. */
const REGISTERS: Readonly<Record<string, OptionValues>> = { crdt: { type: "lww-register" } };

describe.each(protocols.map((protocol) => [protocol.name, protocol] as const))(
  "a run of %s",
  (_, protocol) => {
    it("is a function of the seed: every step of every node comes again", async () => {
      expect(await trace(protocol, 3)).toEqual(await trace(protocol, 3));
      expect((await trace(protocol, 3)).steps).not.toBe((await trace(protocol, 4)).steps);
    });

    it("is the same when every message is copied on its way: nodes share no state through messages", async () => {
      expect(await trace(protocol, 5, structuredClone)).toEqual(await trace(protocol, 5));
    });

    it("changes no message once it was sent: frozen ones give the same", async () => {
      expect(await trace(protocol, 6, deepFreeze)).toEqual(await trace(protocol, 6));
    });
  },
);

async function trace(protocol: Protocol<unknown, Json>, seed: number, handOver?: (message: Json) => Json) {
  const hash = createHash("sha256");
  const run = await chaosRun({
    protocol,
    seed,
    options: REGISTERS[protocol.name] ?? {},
    observe: ({ node, timeNs, event, effects }) => {
      hash.update(JSON.stringify([node, timeNs, event ?? null, effects]));
    },
    ...(handOver === undefined ? {} : { handOver }),
  });
  return { ...run, steps: hash.digest("hex") };
}

function deepFreeze(value: Json): Json {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
