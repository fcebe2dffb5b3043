#!/usr/bin/env node
// Answers every echo with what was sent.
import { createInterface } from "node:readline";

let nodeId;
let lastId = 0;

function reply({ src, body: { msg_id } }, body) {
  const message = { src: nodeId, dest: src, body: { ...body, msg_id: ++lastId, in_reply_to: msg_id } };
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  if (request.body.type === "init") {
    nodeId = request.body.node_id;
    reply(request, { type: "init_ok" });
  } else reply(request, { type: "echo_ok", echo: request.body.echo });
});
