import type { Json, Key } from "../../harness/history/index.ts";
import type { Anomaly } from "../../harness/ports/verdict.ts";
import { type ClientOperation, doer } from "../client-operations.ts";
import { excerpt } from "../models/index.ts";
import { elementText } from "./element-updates.ts";

/** In what all nodes agree on, each element stands behind the one that it was inserted after, where both are there. */
export function misplaced(
  key: Key | undefined,
  operations: readonly ClientOperation[],
  read: ClientOperation,
): Anomaly[] {
  const places = placesOf(read);
  for (const insert of insertsOf(operations)) {
    const [id, after] = insert.input as readonly [Json, Json];
    const place = places.get(elementText(id));
    const anchor = after === null ? undefined : places.get(elementText(after));
    if (place === undefined || anchor === undefined || anchor < place) continue;
    return [
      {
        type: "misplaced-element",
        ...(key === undefined ? {} : { key }),
        message: `${doer(insert)} inserted ${excerpt(id)} after ${excerpt(after)}, and every node ends with it before that (${doer(read)})`,
        operations: [insert.invokeIndex, read.invokeIndex],
      },
    ];
  }
  return [];
}

/** An answer has each element once. */
export function repeated(key: Key | undefined, operations: readonly ClientOperation[]): Anomaly[] {
  for (const read of readsOf(operations)) {
    const elements = read.output as readonly Json[];
    if (placesOf(read).size === elements.length) continue;
    const twice = elements.find((element, at) => placesOf(read).get(elementText(element)) !== at) as Json;
    return [
      {
        type: "duplicate-element",
        ...(key === undefined ? {} : { key }),
        message: `${doer(read)} saw ${excerpt(twice)} twice`,
        operations: [read.invokeIndex],
      },
    ];
  }
  return [];
}

/**
 * All answers, whenever and wherever they were given, agree on one order of all elements: the list order of the strong list
 * specification. In it an element comes after the one that it was inserted after, also where that was removed.
 *
 * Cost: O(sizes of all answers), and of a circle, which is the violation, that times its length.
 * Source: Attiya, Burckhardt, Gotsman, Morrison, Yang and Zawirski, Specification and complexity of collaborative text
 * editing, PODC 2016, definition 5.
 */
export function orderConflict(key: Key | undefined, operations: readonly ClientOperation[]): Anomaly[] {
  const statements = statementsOf(operations);
  const next = new Map<string, Set<string>>();
  for (const { order } of statements) {
    let before: Set<string> | undefined;
    for (const text of order) {
      before?.add(text);
      before = next.get(text) ?? new Set();
      next.set(text, before);
    }
  }
  const circle = circleOf(next);
  if (circle === undefined) return [];
  const behind = statementsBehind(circle, statements);
  const told = behind.map(({ operation, order }) => {
    const part = order.filter((text) => circle.includes(text)).map((text) => JSON.parse(text) as Json);
    if (operation.f === "read") return `${doer(operation)} saw ${excerpt(part)}`;
    return `${doer(operation)} inserted ${excerpt(part[1] ?? null)} after ${excerpt(part[0] ?? null)}`;
  });
  return [
    {
      type: "order-conflict",
      ...(key === undefined ? {} : { key }),
      message: `no one order of the elements explains this: ${told.join("; ")}`,
      operations: behind.map(({ operation }) => operation.invokeIndex).sort((a, b) => a - b),
    },
  ];
}

/** What one operation says of the order: elements by their texts, the earlier ones first. */
interface Statement {
  readonly operation: ClientOperation;
  readonly order: readonly string[];
}

function statementsOf(operations: readonly ClientOperation[]): Statement[] {
  const reads = readsOf(operations);
  const seen = new Set(reads.flatMap((read) => (read.output as readonly Json[]).map(elementText)));
  return [
    ...reads.map((operation) => ({
      operation,
      order: (operation.output as readonly Json[]).map(elementText),
    })),
    ...insertsOf(operations)
      .map((operation) => {
        const [id, after] = operation.input as readonly [Json, Json];
        return { operation, order: after === null ? [] : [elementText(after), elementText(id)] };
      })
      // One that nobody answered, and whose element nobody saw, may have done nothing.
      .filter(({ operation, order }) => operation.type === "ok" || seen.has(order[1] ?? "")),
  ];
}

function insertsOf(operations: readonly ClientOperation[]): ClientOperation[] {
  return operations.filter(({ f, type }) => f === "insert" && type !== "fail");
}

function readsOf(operations: readonly ClientOperation[]): ClientOperation[] {
  return operations.filter(({ f, type }) => f === "read" && type === "ok");
}

function placesOf(read: ClientOperation): Map<string, number> {
  return new Map((read.output as readonly Json[]).map((element, at) => [elementText(element), at]));
}

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** A circle of the graph, a shortest one through one of its elements; undefined where there is none. */
function circleOf(next: Graph): string[] | undefined {
  const left = withoutBeginnings(next);
  const start = onCircle(next, left);
  if (start === undefined) return undefined;
  const from = new Map<string, string>();
  const queue = [start];
  for (const element of queue) {
    for (const follower of next.get(element) ?? []) {
      if (follower === start) {
        const circle = [element];
        for (let at = element; at !== start; ) {
          at = from.get(at) as string;
          circle.unshift(at);
        }
        return circle;
      }
      if (from.has(follower) || !left.has(follower)) continue;
      from.set(follower, element);
      queue.push(follower);
    }
  }
  return undefined;
}

/** What is left once everything that nothing comes before is taken away, again and again (Kahn). */
function withoutBeginnings(next: Graph): Set<string> {
  const before = new Map<string, number>();
  for (const followers of next.values()) {
    for (const follower of followers) before.set(follower, (before.get(follower) ?? 0) + 1);
  }
  const left = new Set(next.keys());
  const free = [...left].filter((element) => !before.has(element));
  for (const element of free) {
    left.delete(element);
    for (const follower of next.get(element) ?? []) {
      const count = (before.get(follower) as number) - 1;
      before.set(follower, count);
      if (count === 0) free.push(follower);
    }
  }
  return left;
}

/** Everything that is left has something left before it, so going back from any of it comes round. */
function onCircle(next: Graph, left: ReadonlySet<string>): string | undefined {
  const previous = new Map<string, string>();
  for (const element of left) {
    for (const follower of next.get(element) ?? []) if (left.has(follower)) previous.set(follower, element);
  }
  let at = [...left][0];
  const seen = new Set<string>();
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    at = previous.get(at);
  }
  return at;
}

/** Two statements that contradict one another where there are such; else one for each step of the circle. */
function statementsBehind(circle: readonly string[], statements: readonly Statement[]): Statement[] {
  const places = statements.map(({ order }) => new Map(order.map((text, at) => [text, at])));
  const saying = (a: string, b: string): Statement | undefined =>
    statements.find((_, each) => {
      const [first, second] = [places[each]?.get(a), places[each]?.get(b)];
      return first !== undefined && second !== undefined && first < second;
    });
  for (const [at, a] of circle.entries()) {
    for (const b of circle.slice(at + 1)) {
      const [one, other] = [saying(a, b), saying(b, a)];
      if (one !== undefined && other !== undefined) return [one, other];
    }
  }
  const steps = circle.map((element, at) =>
    saying(element, circle[(at + 1) % circle.length] as string),
  ) as Statement[];
  return [...new Set(steps)];
}
