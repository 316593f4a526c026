export interface LedgerExportOptions {
  /** The OAuth server's address: its discovery document says the rest. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Where browsers find this app. `/callback` below it must be a registered redirect URI. */
  url: string;
  /** What tokens are checked by; this machine's time by default. */
  now?: () => Date;
}
