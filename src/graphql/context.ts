import type { Viewer } from "../auth/viewer";
import { createLoaders, type Loaders } from "../loaders";
import type { Consent } from "../oauth/consent";
import type { StytchClient } from "../stytch/client";

/** What resolvers see of one request. Made anew for each; never shared. */
export class GatewayContext {
  // Not `#made`: Apollo clones the context with Object.assign, and the clone would have no `#` fields.
  private made: Loaders | undefined;

  constructor(
    public viewer: Viewer | null,
    readonly stytch: StytchClient,
    readonly requestId: string,
    readonly consent: Consent,
  ) {}

  /** Made when first asked for: many operations need none. */
  get loaders(): Loaders {
    this.made ??= createLoaders(this.stytch, this.viewer);
    return this.made;
  }

  /** Makes one write. Whatever was read before it is forgotten, so that everything after it shows the new state. */
  async write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      if (this.viewer?.kind === "member") {
        const { records: _, ...viewer } = this.viewer;
        this.viewer = viewer;
      }
      this.made = undefined;
    }
  }
}
