import type { ClientRequest } from "./frame.ts";

/**
 * The requests that a node took from its own clients and has not answered: one a client, since a client sends one at a
 * time and gave up on any before. They are submitted again until answered; sessions make that harmless.
 */
export class PendingRequests {
  readonly #byClient = new Map<string, ClientRequest>();

  get size(): number {
    return this.#byClient.size;
  }

  add(request: ClientRequest): void {
    this.#byClient.set(request.client, request);
  }

  /** Takes the request out, unless it was answered already. */
  take(client: string, sequence: number): ClientRequest | undefined {
    const request = this.#byClient.get(client);
    if (request?.sequence !== sequence) return undefined;
    this.#byClient.delete(client);
    return request;
  }

  [Symbol.iterator](): IterableIterator<ClientRequest> {
    return this.#byClient.values();
  }
}
