import { fileURLToPath } from "node:url";
import type { NodeCommand } from "../node-process.ts";

/** A demonstration node of `nodes/`, run by this Node. */
export function demonstration(name: string, ...args: readonly string[]): NodeCommand {
  return { command: process.execPath, args: [pathOf(name), ...args] };
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`nodes/${name}.mjs`, import.meta.url));
}
