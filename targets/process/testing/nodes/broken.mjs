#!/usr/bin/env node
// Nodes that break the protocol, each in its own way; the argument says how.
import { self, send, serve } from "./node.mjs";

const [, , how] = process.argv;

const late = {
  "prints garbage later": () => console.log("handled a request"),
  "dies later": () => {
    console.error("a bug of the node's own");
    process.exit(3);
  },
  "sends to nobody": () => send("n99", { type: "hello" }),
  "says it is somebody else": () => console.log(JSON.stringify({ src: "n99", dest: "n1", body: {} })),
  "greets a client": () => send("c1", { type: "hello" }),
  "floods with a line": () => process.stdout.write("x".repeat(2 ** 21)),
  "floods with messages": function flood() {
    const line = `${JSON.stringify({ src: self.id, dest: "n2", body: { type: "more" } })}\n`;
    process.stdout.write(line.repeat(1000));
    setImmediate(flood);
  },
  "reads no more": () => {
    for (;;);
  },
  "answers nonsense": () => ({ type: "nonsense" }),
  "refuses everything": () => {
    throw { code: 11, text: "not today" };
  },
};

switch (how) {
  case "prints garbage":
    console.log("Listening on port 80");
    break;
  case "dies at start":
    console.error("cannot find my configuration");
    process.exit(7);
    break;
  case "is silent":
    process.stdin.resume();
    break;
  case "refuses init":
    serve({}, () => {
      throw { code: 12, text: "I do not like my name" };
    });
    break;
  case "survives the end of its input":
    setInterval(() => {}, 1000);
    process.stdout.on("error", () => {});
    serve({ echo: ({ echo }) => ({ type: "echo_ok", echo }) });
    process.exit = () => {};
    break;
  default:
    serve({
      more: () => undefined,
      echo: ({ echo }) => late[how]() ?? { type: "echo_ok", echo },
    });
}
