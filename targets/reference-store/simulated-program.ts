import type { Json } from "../../harness/history/operation.ts";
import type { Program } from "../simulation/program.ts";
import type { Command } from "./client-side.ts";
import { EffectQueue } from "./effect-queue.ts";
import type { Effect, EventContext, NodeConfig, NodeEvent, Operator, Protocol, Reply } from "./frame.ts";

/** Sees every step of every node, after the event was handled and before its effects are carried out. */
export type StepObserver<State, Message> = (step: {
  readonly node: string;
  readonly timeNs: number;
  readonly state: State;
  /** Absent at a start. */
  readonly event?: NodeEvent<Message>;
  readonly effects: readonly Effect<Message>[];
}) => void;

/** The adapter to the simulation: runs a protocol as the program of simulated nodes. */
export function simulatedProgram<State>(
  protocol: Protocol<State, Json>,
  config: Pick<NodeConfig, "timeoutNs" | "bugs" | "options" | "lot">,
  observe?: StepObserver<State, Json>,
): Program<Command, Reply> {
  return {
    start(machine) {
      const context = (): EventContext => ({
        nowNs: machine.nowNs(),
        monotonicNs: machine.monotonicNs(),
        random: machine.random,
      });
      const queue = new EffectQueue<Json>({
        send: (to, message) => machine.send(to, message),
        reply: (client, sequence, reply) => machine.reply(client, sequence, reply),
        setTimer: (name, delayNs) => machine.setTimer(name, delayNs),
        cancelTimer: (name) => machine.cancelTimer(name),
        write: (name, value) => machine.disk.write(name, value),
        append: (name, entries) => machine.disk.append(name, entries),
        truncate: (name, length) => machine.disk.truncate(name, length),
        sync: (onDurable) => machine.sync(onDurable),
        log: (message) => machine.log(message),
      });
      const { id, nodes } = machine;
      const { state, effects } = protocol.start({ ...config, id, nodes }, machine.disk.contents(), context());
      observe?.({ node: id, timeNs: machine.nowNs(), state, effects });
      queue.perform(effects);

      const handle = (event: NodeEvent<Json>): void => {
        const caused = protocol.handle(state, event, context());
        observe?.({ node: id, timeNs: machine.nowNs(), state, event, effects: caused });
        queue.perform(caused);
      };
      return {
        message: (from, message) => handle({ type: "message", from, message }),
        timer: (name) => handle({ type: "timer", name }),
        request: (client, sequence, command) =>
          handle({ type: "request", request: { client, sequence, ...command } }),
        operate: (command) => handle({ type: "operator", command: command as Operator }),
        leads: () => protocol.leads?.(state) ?? false,
        members: () => protocol.members?.(state),
      };
    },
  };
}
