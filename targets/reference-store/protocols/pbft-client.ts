import { ClientError } from "../../../harness/ports/outcome.ts";
import type { ClientSide } from "../client-side.ts";
import type { Reply } from "../request.ts";
import { mostFaulty } from "./pbft-state.ts";

type Answer = { readonly reply: Reply; readonly node: string };

/**
 * Asks every replica, and believes what f + 1 of them say: one of those is correct. A replica that could not be reached
 * is asked again until the operation is over.
 * Errors: `ClientError` `no-agreement`, definite where no replica can have the request.
 */
export const askAllReplicas: ClientSide =
  ({ home, nodes, bugs, timeoutNs, sleep }) =>
  (command, ask) => {
    const enough = bugs.has("first-reply") ? 1 : mostFaulty(nodes.length) + 1;
    const same = new Map<string, number>();
    let inDoubt = false;
    let over = false;

    async function insist(node: string): Promise<Answer | undefined> {
      while (!over) {
        try {
          const answer = { reply: await ask(node, command), node };
          const saying = JSON.stringify(answer.reply);
          same.set(saying, (same.get(saying) ?? 0) + 1);
          inDoubt = true;
          return same.get(saying) === enough ? answer : undefined;
        } catch (error) {
          inDoubt ||= !(error instanceof ClientError && error.definite);
          if (error instanceof ClientError && error.code === "aborted") return undefined;
        }
        await sleep(timeoutNs);
      }
      return undefined;
    }

    return new Promise<Answer>((resolve, reject) => {
      const all = nodes.map(async (node) => {
        const answer = await insist(node);
        if (answer === undefined) return;
        over = true;
        resolve(answer);
      });
      Promise.all(all).then(() => {
        const message = `no ${enough} replicas said the same`;
        reject(new ClientError({ code: "no-agreement", message, definite: !inDoubt, node: home }));
      }, reject);
    });
  };
