import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "../frame.ts";
import type { StateMachine } from "../state-machine.ts";
import type { Configuration } from "./sharded-layout.ts";

/** What the configuration group replicates: every configuration there was. What was decided never changes. */
export class Configurations implements StateMachine {
  #all: Configuration[];

  constructor(first: Configuration) {
    this.#all = [first];
  }

  at(number: number): Configuration | undefined {
    return this.#all[number];
  }

  isRead(): boolean {
    return false;
  }

  /** `configure`: who is to be on the ring from now on; the nodes in the order of the cluster. */
  execute({ value }: ClientRequest): Reply {
    const members = value as readonly string[];
    if (!isDeepStrictEqual(this.#all.at(-1)?.members, members)) {
      this.#all.push({ number: this.#all.length, members });
    }
    return { type: "ok", value: this.#all.length - 1 };
  }

  snapshot(): Json {
    return [...this.#all];
  }

  restore(snapshot: Json): void {
    this.#all = [...(snapshot as readonly Configuration[])];
  }
}
