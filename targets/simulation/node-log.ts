import { NS_PER_S } from "../../harness/clock/duration.ts";

/** A node's log: the newest lines, with the simulated time of each. Memory is bounded by `maxLines`. */
export class NodeLog {
  readonly #maxLines: number;
  #lines: string[] = [];
  #forgotten = 0;

  constructor(maxLines = 10_000) {
    this.#maxLines = maxLines;
  }

  add(timeNs: number, message: string): void {
    this.#lines.push(`${(timeNs / NS_PER_S).toFixed(6)} ${message}`);
    // Forgetting half at a time keeps the cost of one line constant.
    if (this.#lines.length <= this.#maxLines) return;
    const surplus = this.#lines.length - Math.ceil(this.#maxLines / 2);
    this.#lines.splice(0, surplus);
    this.#forgotten += surplus;
  }

  text(): string {
    const head = this.#forgotten === 0 ? [] : [`(${this.#forgotten} earlier lines were not kept)`];
    return [...head, ...this.#lines].map((line) => `${line}\n`).join("");
  }
}
