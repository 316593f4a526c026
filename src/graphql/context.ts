import { createParameterDecorator } from "type-graphql";
import type { Caller } from "../caller/caller";
import type { Ledger } from "../ledger/open";
import { createLoaders, type Loaders } from "../loaders";
import type { Marketplace } from "../marketplace/marketplace";
import type { Consent } from "../oauth/consent";
import type { StytchReads } from "../stytch/reads";
import { AnswerMeter } from "./bounds/answer";
import { type InWork, Part } from "./bounds/in-work";

/** What resolvers see of one request. Made anew for each; never shared. */
export class GatewayContext {
  /** Bounds what this request's answer may hold. */
  readonly answer: AnswerMeter;

  /** Told when this request's text is one that counts more: see `createExecutorPlugin`. */
  costlyText: () => void = () => undefined;

  // Not `#made`: Apollo clones the context with Object.assign, and the clone would have no `#` fields.
  private made: { loaders: Loaders; writes: number } | undefined;

  constructor(
    readonly caller: Caller,
    readonly consent: Consent,
    private readonly ledger: Ledger,
    readonly marketplace: Marketplace,
    /** The clock by which times ahead are judged. */
    readonly now: () => Date,
    /** Of this gateway, as browsers reach it. */
    readonly origin: string,
    inWork: InWork,
  ) {
    this.answer = new AnswerMeter(new Part(inWork, caller));
  }

  get stytch(): StytchReads {
    return this.caller.stytch;
  }

  get requestId(): string {
    return this.caller.requestId;
  }

  /** Made when first asked for, and anew after a write, so that what follows shows the new state. */
  get loaders(): Loaders {
    const { writes } = this.caller;
    if (this.made?.writes !== writes) {
      this.made = { loaders: createLoaders(this.caller, this.ledger, this.marketplace), writes };
    }
    return this.made.loaders;
  }
}

/** Who asks, in a resolver's parameter. */
export const CurrentCaller = () => createParameterDecorator<GatewayContext>(({ context }) => context.caller);
