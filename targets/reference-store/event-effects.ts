import { EffectList } from "./effect-list.ts";
import type { EventContext } from "./frame.ts";

/** Collects the effects of one event, and knows the context of that event. */
export class EventEffects<Message> extends EffectList<Message> {
  readonly context: EventContext;

  constructor(context: EventContext) {
    super();
    this.context = context;
  }
}
