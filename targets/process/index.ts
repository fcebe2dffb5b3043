export { CHILDREN_FILE, endLeftoverProcesses, type ProcessLeftovers } from "./child-record.ts";
export { bin } from "./target.ts";
