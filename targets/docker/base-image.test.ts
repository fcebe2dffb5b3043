import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { EnvironmentError } from "../../harness/errors.ts";
import { ensureBaseImage } from "./base-image.ts";
import type { Engine } from "./engine.ts";

function engineThat(parts: Partial<Engine>): Engine {
  return parts as Engine;
}

const progress = { log: () => {}, signal: new AbortController().signal };

test("an image that is there is not pulled", async () => {
  const pullImage = async () => {
    throw new Error("pulled all the same");
  };
  await ensureBaseImage(engineThat({ imageId: async () => "sha256:1", pullImage }), progress);
});

test("an image that is missing is pulled, and people are told", async () => {
  const seen: string[] = [];
  const pullImage = async (reference: string) => {
    seen.push(`pulled ${reference}`);
  };
  const engine = engineThat({ imageId: async () => undefined, pullImage });
  await ensureBaseImage(engine, { ...progress, log: (line) => seen.push(line) });
  expect(seen).toEqual(["pulling debian:bookworm-slim", "pulled debian:bookworm-slim"]);
});

test("where it cannot be pulled, the hint names the script that makes it", async () => {
  const pullImage = async () => {
    throw new Error("dial tcp: lookup registry: no such host");
  };
  const engine = engineThat({ imageId: async () => undefined, pullImage });
  const error: unknown = await ensureBaseImage(engine, progress).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "base-image-missing", exitCode: 4 });
  const hint = error instanceof EnvironmentError ? (error.hint ?? "") : "";
  const [script] = /\/\S*base-image\.sh$/.exec(hint) ?? [];
  expect(existsSync(script ?? "")).toBe(true);
});

test("who wants out while it is pulled gets out", async () => {
  const controller = new AbortController();
  const pullImage = async () => {
    controller.abort(new Error("interrupted"));
    throw new Error("socket hang up");
  };
  const engine = engineThat({ imageId: async () => undefined, pullImage });
  const pulling = ensureBaseImage(engine, { log: () => {}, signal: controller.signal });
  await expect(pulling).rejects.toThrow("interrupted");
});
