/** What the operations of a container are called, in files and in words. */
export interface Vocabulary {
  readonly add: string;
  readonly remove: string;
  readonly peek: string | undefined;
  readonly added: string;
  readonly removed: string;
  /** What a peek saw of a value. */
  readonly seen: string;
}

export const vocabularies: Readonly<Record<string, Vocabulary>> = {
  queue: {
    add: "enqueue",
    remove: "dequeue",
    peek: "peek",
    added: "enqueued",
    removed: "dequeued",
    seen: "seen at the front",
  },
  stack: {
    add: "push",
    remove: "pop",
    peek: "peek",
    added: "pushed",
    removed: "popped",
    seen: "seen on top",
  },
  "priority-queue": {
    add: "insert",
    remove: "poll",
    peek: "peek",
    added: "inserted",
    removed: "polled",
    seen: "seen as the largest",
  },
  bag: { add: "add", remove: "remove", peek: undefined, added: "added", removed: "removed", seen: "seen" },
};
