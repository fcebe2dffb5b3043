export { BASE_IMAGE } from "./base-image.ts";
export { startDockerCluster } from "./cluster.ts";
export { connectEngine } from "./dockerode-engine.ts";
export type { Engine } from "./engine.ts";
export { cleanLeftovers, describeRemoved } from "./leftovers.ts";
export type { Member } from "./node.ts";
export type { DockerService } from "./service.ts";
