#!/usr/bin/env node
// A broadcast that sends a message to each neighbour again until that has it. With the argument --once it sends it once.
import { ask, self, serve } from "./node.mjs";

const once = process.argv.includes("--once");
const seen = new Set();
let neighbours = [];

async function pass(message, neighbour) {
  for (;;) {
    try {
      await ask(neighbour, { type: "pass", message }, 200);
      return;
    } catch {
      if (once) return;
    }
  }
}

function take(message, from) {
  if (seen.has(message)) return;
  seen.add(message);
  for (const neighbour of neighbours) if (neighbour !== from) void pass(message, neighbour);
}

serve({
  topology({ topology }) {
    neighbours = topology[self.id];
    return { type: "topology_ok" };
  },
  broadcast({ message }, src) {
    take(message, src);
    return { type: "broadcast_ok" };
  },
  pass({ message }, src) {
    take(message, src);
    return { type: "pass_ok" };
  },
  read: () => ({ type: "read_ok", messages: [...seen] }),
});
