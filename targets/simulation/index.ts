export { SimulatedCluster, type SimulationSetup } from "./cluster.ts";
export { Connection, type ConnectionSetup } from "./connection.ts";
export { type DiskContents, type DiskOptions, SimulatedDisk } from "./disk.ts";
export { type NetworkCounts, type NetworkOptions, SimulatedNetwork } from "./network.ts";
export type { Machine, Program, RunningProgram } from "./program.ts";
