#!/usr/bin/env node
// Hands every request on to a service: lin-kv, or the one that the argument names.
import { ask, serve } from "./node.mjs";

const [, , service = "lin-kv"] = process.argv;

async function handOn({ msg_id, ...request }) {
  const { in_reply_to, ...answer } = await ask(service, request);
  return answer;
}

serve({ read: handOn, write: handOn, cas: handOn });
