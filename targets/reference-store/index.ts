export type { ClientRequest, Effect, NodeEvent, Protocol, Reply } from "./frame.ts";
export { protocols } from "./protocols/index.ts";
export { referenceStore } from "./target.ts";
