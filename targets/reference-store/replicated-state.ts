import type { Json } from "../../harness/history/operation.ts";
import type { ClientRequest, Reply } from "./frame.ts";
import type { StateMachine } from "./state-machine.ts";

type ClientSession = { readonly sequence: number; readonly reply: Reply };

/**
 * A state machine with the sessions of its clients (Ongaro's dissertation, section 6.3): a request that comes again is
 * answered again and counts once. Nodes that apply the same requests in the same order hold the same. Cost: O(1) a
 * request beside the machine's; memory grows with the number of clients.
 */
export class ReplicatedState {
  readonly #machine: StateMachine;
  #sessions = new Map<string, ClientSession>();

  constructor(machine: StateMachine) {
    this.#machine = machine;
  }

  isRead(request: ClientRequest): boolean {
    return this.#machine.isRead(request);
  }

  /** Answers a request that only looks, from what is applied now. */
  read(request: ClientRequest): Reply {
    return this.#machine.execute(request);
  }

  /**
   * Applies a request once: one that was applied already gets the reply that it got then. One that is older than the
   * newest of its client gets none. `timeNs` is for machines that go by time.
   */
  apply(request: ClientRequest, timeNs?: number): Reply | undefined {
    if (this.applied(request)) return this.replyTo(request);
    const reply = this.#machine.execute(request, timeNs);
    this.#sessions.set(request.client, { sequence: request.sequence, reply });
    return reply;
  }

  /** Forgets what a client asked for: it is applied again when it comes again. For those who err on purpose. */
  forget(client: string): void {
    this.#sessions.delete(client);
  }

  /** Whether the request, or a later one of its client, was applied. */
  applied({ client, sequence }: Pick<ClientRequest, "client" | "sequence">): boolean {
    return (this.#sessions.get(client)?.sequence ?? 0) >= sequence;
  }

  /** The reply that a request got when it was applied, as far as its session still knows it. */
  replyTo({ client, sequence }: Pick<ClientRequest, "client" | "sequence">): Reply | undefined {
    const session = this.#sessions.get(client);
    return session?.sequence === sequence ? session.reply : undefined;
  }

  /** Machine and sessions. Cost: O(size). */
  snapshot(): Json {
    return { machine: this.#machine.snapshot(), sessions: [...this.#sessions] };
  }

  restore(snapshot: Json): void {
    const { machine, sessions } = snapshot as { machine: Json; sessions: [string, ClientSession][] };
    this.#machine.restore(machine);
    this.#sessions = new Map(sessions);
  }
}
