import type { ConsentRule } from "./oauth/consent-rules";

/** What a test may change while the emulator runs. A reset brings back what it was started with. */
export interface Settings {
  /** Added to every answer. */
  latencyMs: number;
  /** Beyond it, the searches of Organizations and of Members answer 429. 0 means no limit. */
  searchesPerMinute: number;
  /** The project's Authorization URL: the page that asks for consent. Discovery fails without one. */
  authorizationUrl: string;
  /** Whether apps may register themselves (RFC 7591). */
  dynamicRegistration: boolean;
  /** When a changed set of scopes asks for consent again. */
  consentRule: ConsentRule;
}

/** Stytch's documented limit for its two searches. */
export const SEARCHES_PER_MINUTE = 100;

export const DEFAULTS: Settings = {
  latencyMs: 0,
  searchesPerMinute: SEARCHES_PER_MINUTE,
  authorizationUrl: "",
  dynamicRegistration: true,
  consentRule: "not-subset",
};

/** Where the consent page of a gateway that runs at this origin is. */
export const authorizationUrlOf = (gatewayUrl: string): string =>
  gatewayUrl === "" ? "" : new URL("/oauth/authorize", gatewayUrl).href;
