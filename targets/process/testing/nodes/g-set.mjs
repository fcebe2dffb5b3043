#!/usr/bin/env node
// A grow-only set: nodes send each other what they have, now and then.
import { self, send, serve } from "./node.mjs";

const elements = new Set();

function share() {
  for (const other of self.others) send(other, { type: "merge", elements: [...elements] });
}

serve(
  {
    add({ element }) {
      elements.add(element);
      return { type: "add_ok" };
    },
    merge({ elements: theirs }) {
      for (const element of theirs) elements.add(element);
    },
    read: () => ({ type: "read_ok", value: [...elements] }),
  },
  () => void setInterval(share, 50),
);
