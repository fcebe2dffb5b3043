// What the other demonstration nodes have in common: lines in, lines out, requests and their answers.
import { createInterface } from "node:readline";

/** The node that this process is. */
export const self = { id: "", others: [] };

const waiting = new Map();
let lastId = 0;

export function send(dest, body) {
  process.stdout.write(`${JSON.stringify({ src: self.id, dest, body })}\n`);
}

/** Asks another node or a service; rejects with `{ code, text }` where that answers with an error, or not in time. */
export function ask(dest, body, timeoutMs = 1000) {
  const msg_id = ++lastId;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle({ type: "error", code: 0, text: `${dest} did not answer` }),
      timeoutMs,
    );
    function settle(answer) {
      clearTimeout(timer);
      waiting.delete(msg_id);
      if (answer.type === "error") reject(answer);
      else resolve(answer);
    }
    waiting.set(msg_id, settle);
    send(dest, { ...body, msg_id });
  });
}

/**
 * Runs the node. `handlers`: by type of request, a function of (body, src) whose result is the answer; what it throws is
 * answered as an error. No result, no answer.
 */
export function serve(handlers, onInit = () => {}) {
  const all = {
    ...handlers,
    init({ node_id, node_ids }) {
      self.id = node_id;
      self.others = node_ids.filter((id) => id !== node_id);
      onInit();
      return { type: "init_ok" };
    },
  };
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const { src, body } = JSON.parse(line);
    if (body.in_reply_to !== undefined) {
      waiting.get(body.in_reply_to)?.(body);
      return;
    }
    let answer;
    try {
      const handler = all[body.type];
      if (handler === undefined) throw { code: 10, text: `no ${body.type}` };
      answer = await handler(body, src);
    } catch ({ code = 13, text = "unexpected" }) {
      answer = { type: "error", code, text };
    }
    if (answer !== undefined) send(src, { ...answer, in_reply_to: body.msg_id });
  });
  lines.on("close", () => process.exit(0));
}
