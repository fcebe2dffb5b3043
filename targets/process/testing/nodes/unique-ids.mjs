#!/usr/bin/env node
// Ids that no other node makes, nor this one after it was started again: each start draws a number of its own.
import { ask, self, serve } from "./node.mjs";

let start;
let count = 0;

serve({
  async generate() {
    start ??= ask("lin-tso", { type: "ts" });
    const { ts } = await start;
    return { type: "generate_ok", id: `${self.id}-${ts}-${++count}` };
  },
});
