import type { AccessToken, AuthorizationCode, RefreshToken } from "../records";

/** Codes and tokens of the authorization code flow. Revoked ones stay, marked, so that their later use is told apart. */
export class TokenTable {
  readonly codes = new Map<string, AuthorizationCode>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  /** By `jti`. */
  readonly accessTokens = new Map<string, AccessToken>();

  /** Everything issued to one app for one Member. */
  revokeFor(memberId: string, clientId: string): void {
    for (const records of [this.codes, this.refreshTokens, this.accessTokens]) {
      for (const record of records.values()) {
        if (record.member_id === memberId && record.client_id === clientId) record.status = "consent_revoked";
      }
    }
  }

  /** Everything that grew out of one authorization code. */
  revokeChain(code: string): void {
    for (const token of [...this.refreshTokens.values(), ...this.accessTokens.values()]) {
      if (token.code === code && token.status === "active") token.status = "revoked";
    }
  }

  /** U14: a deleted app's codes and tokens vanish. */
  forgetClient(clientId: string): void {
    for (const records of [this.codes, this.refreshTokens, this.accessTokens]) {
      for (const [key, record] of records) if (record.client_id === clientId) records.delete(key);
    }
  }

  clear(): void {
    for (const records of [this.codes, this.refreshTokens, this.accessTokens]) records.clear();
  }
}
