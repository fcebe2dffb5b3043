import { networkInterfaces } from "node:os";
import { EnvironmentError } from "../../harness/errors.ts";
import type { Engine, Labels } from "./engine.ts";
import { EngineError } from "./engine-error.ts";
import { overlap, type Subnet, subnetCandidates } from "./subnet.ts";

/**
 * Makes the network of a run, on the first subnet that neither another Docker network nor an interface of this
 * machine uses.
 */
export async function createRunNetwork(
  engine: Engine,
  network: { readonly name: string; readonly runId: string; readonly labels: Labels },
): Promise<Subnet> {
  const local = localNetworks();
  let refusal: unknown;
  for (const subnet of subnetCandidates(network.runId)) {
    if (local.some((cidr) => overlap(cidr, subnet.cidr))) continue;
    try {
      await engine.createNetwork({
        name: network.name,
        labels: network.labels,
        subnet: subnet.cidr,
        gateway: subnet.gateway,
      });
      return subnet;
    } catch (error) {
      if (!isOverlap(error)) throw error;
      refusal = error;
    }
  }
  throw new EnvironmentError({
    code: "no-subnet",
    message: "every subnet of 198.18.0.0/15 is in use, by Docker networks or by interfaces of this machine",
    hint: "remove networks that nobody needs: docker network prune, or assay clean",
    cause: refusal,
  });
}

function isOverlap(error: unknown): boolean {
  return error instanceof EngineError && /overlap/i.test(error.reason);
}

function localNetworks(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === "IPv4" && address.cidr !== null)
    .map((address) => address.cidr as string);
}
