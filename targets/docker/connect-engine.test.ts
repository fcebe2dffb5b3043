import { afterEach, expect, test, vi } from "vitest";
import { connectEngine } from "./dockerode-engine.ts";

afterEach(() => vi.unstubAllEnvs());

test.each(["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1", "http://[", "ftp://127.0.0.1"])(
  "where no engine listens (%s), the error says where it looked and what to do",
  async (host) => {
    vi.stubEnv("DOCKER_HOST", host);
    const error: unknown = await connectEngine().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "docker-unavailable", exitCode: 4 });
    expect(error).toMatchObject({
      message: expect.stringContaining(`no Docker engine answers at DOCKER_HOST=${host}`),
    });
    expect(error).toMatchObject({ hint: expect.stringContaining("start Docker") });
  },
);
