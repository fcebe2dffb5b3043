import type { Labels } from "./engine.ts";
import type { Member } from "./node.ts";
import type { ImageSpec } from "./store-image.ts";

/** A store as containers: all that has to be said of it to run one node in each. */
export interface DockerService {
  readonly image: ImageSpec;
  /** Where a node listens for clients, in its container. */
  readonly clientPort: number;
  /** The directory that outlives a kill. */
  readonly dataPath: string;
  /** The first of the row of ports to publish on; free ones where absent. */
  readonly basePort?: number;
  /** The whole command of a node; it becomes process 1 of its container. */
  command(member: Member, members: readonly Member[]): readonly string[];
  env?(member: Member, members: readonly Member[]): Labels;
  /** Resolves when a node serves its clients; throws what is still amiss. Asked again and again. */
  ready(member: Member, signal: AbortSignal): Promise<void>;
  /** What the nodes say they are, for the manifest. Asked once, when all are ready. */
  versions?(members: readonly Member[], signal: AbortSignal): Promise<Labels>;
  /** How long all nodes together may take until they are ready; 30,000 ms where absent. */
  readonly readyTimeoutMs?: number;
}
