export { type DockerCluster, startDockerCluster } from "./cluster.ts";
export { withDeadline } from "./deadline.ts";
export { connectEngine } from "./dockerode-engine.ts";
export type { Engine } from "./engine.ts";
export { cleanLeftovers, type KeptRun, type Leftovers, type RemovedRun } from "./leftovers.ts";
export type { Member } from "./node.ts";
export type { DockerService } from "./service.ts";
export type { ImageSpec } from "./store-image.ts";
