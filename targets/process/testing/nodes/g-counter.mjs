#!/usr/bin/env node
// A counter in the service seq-kv, which may show the past. A write of something new brings a node up to date; with the
// argument --stale a read does without.
import { ask, self, serve } from "./node.mjs";

const stale = process.argv.includes("--stale");
let syncs = 0;

async function catchUp() {
  await ask("seq-kv", { type: "write", key: `sync ${self.id}`, value: `${process.pid} ${++syncs}` });
}

async function current() {
  try {
    return (await ask("seq-kv", { type: "read", key: "counter" })).value;
  } catch ({ code, text }) {
    if (code === 20) return 0;
    throw { code: 11, text };
  }
}

serve({
  async add({ delta }) {
    for (;;) {
      const from = await current();
      try {
        const change = { type: "cas", key: "counter", from, to: from + delta, create_if_not_exists: true };
        await ask("seq-kv", change);
        return { type: "add_ok" };
      } catch (error) {
        if (error.code !== 22) throw error;
        await catchUp();
      }
    }
  },
  async read() {
    if (!stale) await catchUp();
    return { type: "read_ok", value: await current() };
  },
});
