import { registerEnumType } from "type-graphql";

export enum ClientType {
  FIRST_PARTY = "FIRST_PARTY",
  FIRST_PARTY_PUBLIC = "FIRST_PARTY_PUBLIC",
  THIRD_PARTY = "THIRD_PARTY",
  THIRD_PARTY_PUBLIC = "THIRD_PARTY_PUBLIC",
  UNKNOWN = "UNKNOWN",
}

export enum MemberStatus {
  PENDING = "PENDING",
  INVITED = "INVITED",
  ACTIVE = "ACTIVE",
  DELETED = "DELETED",
  UNKNOWN = "UNKNOWN",
}

export enum ConnectedAppRuleMode {
  ALL_ALLOWED = "ALL_ALLOWED",
  RESTRICTED = "RESTRICTED",
  NOT_ALLOWED = "NOT_ALLOWED",
  UNKNOWN = "UNKNOWN",
}

const UNKNOWN = { description: "A value that this version of the gateway does not know. Refused as input." };

registerEnumType(ClientType, {
  name: "ClientType",
  description: "Who made an app, and whether it can keep a secret (RFC 6749 2.1). Fixed when the app is created.",
  valuesConfig: {
    FIRST_PARTY: { description: "Your own app, with a secret. Members are usually not asked for consent." },
    FIRST_PARTY_PUBLIC: { description: "Your own app without a secret, such as a CLI. PKCE is required." },
    THIRD_PARTY: { description: "A partner's app, with a secret. Members are asked for consent." },
    THIRD_PARTY_PUBLIC: { description: "A partner's app without a secret, such as a desktop tool. PKCE is required." },
    UNKNOWN,
  },
});

registerEnumType(MemberStatus, {
  name: "MemberStatus",
  description: "Where a Member is in its life.",
  valuesConfig: {
    PENDING: { description: "Created, not signed in yet." },
    INVITED: { description: "Invited by e-mail, not accepted yet." },
    ACTIVE: { description: "Can sign in." },
    DELETED: { description: "Deactivated. Found only by id, or when the filter asks for it." },
    UNKNOWN,
  },
});

registerEnumType(ConnectedAppRuleMode, {
  name: "ConnectedAppRuleMode",
  description: "Which apps of one kind an Organization lets its Members authorize.",
  valuesConfig: {
    ALL_ALLOWED: { description: "Every app." },
    RESTRICTED: { description: "Only the apps in `allowedAppIds`." },
    NOT_ALLOWED: { description: "No app." },
    UNKNOWN,
  },
});

/** Upstream's value as ours; anything new reads as UNKNOWN and breaks nothing. */
export const toEnum = <E extends string>(values: { [key: string]: E } & { UNKNOWN: E }, upstream: string): E =>
  Object.values(values).find((value) => value === upstream.toUpperCase()) ?? values.UNKNOWN;
