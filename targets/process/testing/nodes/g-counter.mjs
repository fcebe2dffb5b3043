#!/usr/bin/env node
// A counter in the service seq-kv, which may show the past: a write of something new brings a node up to date. The argument
// names another service; lww-kv loses updates.
import { ask, self, serve } from "./node.mjs";

const [, , service = "seq-kv"] = process.argv;
let syncs = 0;

async function catchUp() {
  await ask(service, { type: "write", key: `sync ${self.id}`, value: `${process.pid} ${++syncs}` });
}

async function current() {
  try {
    return (await ask(service, { type: "read", key: "counter" })).value;
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
        await ask(service, change);
        return { type: "add_ok" };
      } catch (error) {
        if (error.code !== 22) throw error;
        await catchUp();
      }
    }
  },
  async read() {
    await catchUp();
    return { type: "read_ok", value: await current() };
  },
});
