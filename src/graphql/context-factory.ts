import type { Authenticator, Credentials } from "../auth/authenticate";
import { tenantOf } from "../auth/viewer";
import type { Consent } from "../oauth/consent";
import { OPERATORS } from "../stytch/breaker";
import type { Stytch } from "../stytch/client";
import { UpstreamMeter } from "../stytch/meter";
import { GatewayContext } from "./context";

export type ContextFactory = (credentials: Credentials, requestId: string) => Promise<GatewayContext>;

/** One context per request: its own counter, its own view of Stytch, its own loaders. */
export const createContextFactory =
  (stytch: Stytch, authenticator: Authenticator, consent: Consent): ContextFactory =>
  async (credentials, requestId) => {
    const meter = new UpstreamMeter();
    const client = stytch.client(meter);
    const viewer = await authenticator.authenticate(credentials, client);
    if (viewer) meter.tenant = tenantOf(viewer) ?? OPERATORS;
    return new GatewayContext(viewer, client, requestId, consent);
  };
