import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { EnvironmentError } from "../../harness/errors.ts";

/** Below the range from which systems draw ports for outgoing connections, which would take a killed node's port. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/**
 * Ports of 127.0.0.1 to publish nodes on, picked before the containers exist and kept, so that a node that is killed
 * comes back where its clients look for it.
 *
 * `basePort`: the first of a row of ports that the user chose; free ones where absent.
 * Errors: {@link EnvironmentError} `port-in-use`.
 */
export async function choosePorts(runId: string, count: number, basePort?: number): Promise<number[]> {
  const chosen: number[] = [];
  const candidates = basePort === undefined ? portCandidates(runId) : portRow(basePort, count);
  for (const port of candidates) {
    if (chosen.length === count) break;
    if (await isFree(port)) chosen.push(port);
    else if (basePort !== undefined) throw portInUse(port);
  }
  if (chosen.length < count) {
    throw new EnvironmentError({
      code: "port-in-use",
      message: `fewer than ${count} ports of 127.0.0.1 are free from ${LOWEST} to ${HIGHEST - 1}`,
      hint: "stop what uses them, or name a free range with --option ports=PORT",
    });
  }
  return chosen;
}

/** `port-in-use`: another process listens there. */
export function portInUse(port: number, cause?: unknown): EnvironmentError {
  return new EnvironmentError({
    code: "port-in-use",
    message: `port ${port} of 127.0.0.1 is in use by another process`,
    hint: `stop what listens there (ss -ltnp 'sport = :${port}'), or choose others with --option ports=PORT, or ports=free`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Every port of the range once, beginning at a place that runs hardly share. */
export function* portCandidates(runId: string): Generator<number> {
  const size = HIGHEST - LOWEST;
  const start = createHash("sha256").update(runId).digest().readUInt32BE(0) % size;
  for (let i = 0; i < size; i++) yield LOWEST + ((start + i) % size);
}

function portRow(basePort: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => basePort + i);
}

/** Whether this process could listen there. Ports that need more rights than it has count as in use. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
    });
  } catch {
    return false;
  }
  await new Promise((resolve) => server.close(resolve));
  return true;
}
