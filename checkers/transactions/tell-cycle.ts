import type { Anomaly } from "../../harness/ports/verdict.ts";
import { doer } from "../client-operations.ts";
import { append, describeOperation, excerpt } from "../models/index.ts";
import type { Edge } from "./cycles.ts";
import type { Dependencies, Dependency } from "./dependencies.ts";
import type { Transaction } from "./transactions.ts";

/** The story of a cycle: each transaction, and why it comes before the next one. */
export function tellCycle({ transactions }: Dependencies, cycle: readonly Edge[]): Anomaly {
  const members = cycle.map(({ from }) => transactions[from] as Transaction);
  const names = new Map(members.map((each, at) => [each, `T${at + 1}`]));
  const nameOf = (place: number) => names.get(transactions[place] as Transaction) as string;
  const model = append();
  const lines = members.map(({ operation }, at) => {
    const did = describeOperation(model, operation, undefined);
    return `T${at + 1}, ${doer(operation)}, ${did.length > 200 ? `${did.slice(0, 200)}…` : did}`;
  });
  const reasons = cycle.map((edge) => {
    const [from, to] = [nameOf(edge.from), nameOf(edge.to)];
    return `${from} before ${to}: ${reasonOf(edge, from, to, transactions)}`;
  });
  return {
    type: typeOf(cycle),
    message: [...lines, ...reasons].join("\n"),
    operations: members.map(({ operation }) => operation.invokeIndex).sort((a, b) => a - b),
  };
}

/** Adya's and Elle's names. */
function typeOf(cycle: readonly Edge[]): string {
  const count = (kind: Edge["kind"]) => cycle.filter((edge) => edge.kind === kind).length;
  const name = count("rw") > 1 ? "G2-item" : count("rw") === 1 ? "G-single" : count("wr") > 0 ? "G1c" : "G0";
  return count("realtime") > 0 ? `${name}-realtime` : name;
}

function reasonOf(edge: Edge, from: string, to: string, transactions: Dependencies["transactions"]): string {
  if (edge.kind === "realtime") {
    const [before, after] = [edge.from, edge.to].map(
      (place) => (transactions[place] as Transaction).operation,
    );
    return `${from} was over (event ${before?.completeIndex}) before ${to} began (event ${after?.invokeIndex})`;
  }
  return reasonOfDependency(edge, from, to);
}

function reasonOfDependency({ kind, key, element }: Dependency, from: string, to: string): string {
  const what = excerpt(element);
  switch (kind) {
    case "wr":
      return `${to} read ${what} from ${key}, which ${from} appended`;
    case "ww":
      return `${to} appended ${what} to ${key} behind what ${from} appended`;
    case "rw":
      return `${from} read ${key} without ${what}, which ${to} appended`;
  }
}
