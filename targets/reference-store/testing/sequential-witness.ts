import type { Json } from "../../../harness/history/operation.ts";
import type { ClientRequest } from "../frame.ts";
import { Registers } from "../registers.ts";
import type { StepObserver } from "../simulated-program.ts";
import type { ObservedOperation } from "./chaos-run.ts";

/** How to look inside a protocol with local reads. */
interface Inside<State> {
  /** How many updates the node has applied. */
  readonly applied: (state: State) => number;
  /** These updates, in order; the same on every node. */
  readonly sequence: (state: State) => readonly { readonly request: ClientRequest }[];
}

/**
 * Looks inside a protocol for the one order of all operations that its doc comment claims, and checks that it is one: an
 * update stands at its sequence number, a read behind the last update that its node had applied; reads return what
 * the registers hold at their place; and no process goes back.
 */
export function sequentialWitness<State>(inside: Inside<State>) {
  const readPlaces = new Map<string, number>();
  let furthest: State | undefined;

  const observe: StepObserver<State, Json> = ({ state, event }) => {
    const applied = inside.applied(state);
    if (furthest === undefined || applied >= inside.applied(furthest)) furthest = state;
    if (event?.type === "request" && event.request.f === "read") {
      readPlaces.set(nameOf(event.request), applied);
    }
  };

  /** Throws where the order is no witness for what clients saw; returns how many operations are in it. */
  function verify(operations: readonly ObservedOperation[]): number {
    const sequence = furthest === undefined ? [] : inside.sequence(furthest);
    const updatePlaces = new Map<string, number>();
    sequence.forEach(({ request }, i) => {
      assert(!updatePlaces.has(nameOf(request)), `${nameOf(request)} has two places`);
      updatePlaces.set(nameOf(request), i + 1);
    });
    const answered = operations
      .filter(({ type, errorCode }) => type === "ok" || errorCode === "precondition-failed")
      .map((operation) => {
        const place = (operation.f === "read" ? readPlaces : updatePlaces).get(nameOf(operation));
        assert(place !== undefined, `${nameOf(operation)} was answered without a place`);
        return { operation, place };
      });
    const last = new Map<number, number>();
    for (const { operation, place } of answered) {
      const { process, f } = operation;
      const before = last.get(process) ?? 0;
      const forward = f === "read" ? place >= before : place > before;
      assert(forward, `process ${process} went back from ${before} to ${place} by a ${f}`);
      last.set(process, place);
    }
    const registers = new Registers();
    let applied = 0;
    const reads = answered.filter(({ operation }) => operation.f === "read");
    for (const { operation, place } of reads.sort((a, b) => a.place - b.place)) {
      while (applied < place) registers.execute((sequence[applied++] as { request: ClientRequest }).request);
      const held = JSON.stringify(registers.get(operation.key));
      const seen = JSON.stringify(operation.output);
      assert(held === seen, `a read of ${operation.key} at ${place} saw ${seen}, not ${held}`);
    }
    return answered.length;
  }

  return { observe, verify };
}

function nameOf({ client, sequence }: { client: string | undefined; sequence: number }): string {
  return `${client} ${sequence}`;
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`not sequential: ${message}`);
}
