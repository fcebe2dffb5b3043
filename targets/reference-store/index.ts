export { referenceStore } from "./target.ts";
