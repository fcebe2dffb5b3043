#!/usr/bin/env node
// A PN-counter (Shapiro et al. 2011): per node the sum of its increments and of its decrements; a merge takes the larger.
import { self, send, serve } from "./node.mjs";

const up = {};
const down = {};

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

function mergeInto(own, theirs) {
  for (const [node, count] of Object.entries(theirs)) own[node] = Math.max(own[node] ?? 0, count);
}

function share() {
  for (const other of self.others) send(other, { type: "merge", up, down });
}

serve(
  {
    add({ delta }) {
      const counts = delta < 0 ? down : up;
      counts[self.id] = (counts[self.id] ?? 0) + Math.abs(delta);
      return { type: "add_ok" };
    },
    merge(theirs) {
      mergeInto(up, theirs.up);
      mergeInto(down, theirs.down);
    },
    read: () => ({ type: "read_ok", value: sum(up) - sum(down) }),
  },
  () => void setInterval(share, 50),
);
