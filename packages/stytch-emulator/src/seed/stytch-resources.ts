import type { Policy } from "../state/records";

/**
 * The resources that every project's policy carries, with the actions that Stytch's browser SDK and OpenAPI document
 * name. Reading and revoking Connected Apps are named by the API reference only.
 */
export const stytchResources: Policy["resources"] = [
  {
    resource_id: "stytch.organization",
    description: "Builtin resource for Stytch organization objects",
    actions: [
      "update.info.name",
      "update.info.slug",
      "update.info.logo-url",
      "update.settings.allowed-auth-methods",
      "update.settings.allowed-mfa-methods",
      "update.settings.email-jit-provisioning",
      "update.settings.email-invites",
      "update.settings.allowed-domains",
      "update.settings.default-sso-connection",
      "update.settings.sso-jit-provisioning",
      "update.settings.mfa-policy",
      "update.settings.implicit-roles",
      "update.settings.oauth-tenant-jit-provisioning",
      "update.settings.allowed-oauth-tenants",
      "delete",
    ],
  },
  {
    resource_id: "stytch.member",
    description: "Builtin resource for Stytch member objects",
    actions: [
      "create",
      "update.info.name",
      "update.info.email",
      "update.info.untrusted-metadata",
      "update.info.mfa-phone",
      "update.info.delete.mfa-phone",
      "update.info.delete.mfa-totp",
      "update.info.delete.password",
      "update.settings.is-breakglass",
      "update.settings.mfa-enrolled",
      "update.settings.default-mfa-method",
      "update.settings.roles",
      "search",
      "delete",
      "revoke-sessions",
      "get.connected-apps",
      "revoke.connected-app",
    ],
  },
  {
    resource_id: "stytch.sso",
    description: "Builtin resource for Stytch SSO Connection objects",
    actions: ["create", "get", "update", "delete"],
  },
  {
    resource_id: "stytch.self",
    description: "Builtin resource for the logged-in Stytch member object",
    actions: [
      "update.info.name",
      "update.info.untrusted-metadata",
      "update.info.mfa-phone",
      "update.info.delete.mfa-phone",
      "update.info.delete.password",
      "update.info.delete.mfa-totp",
      "update.settings.mfa-enrolled",
      "update.settings.default-mfa-method",
      "delete",
      "revoke-sessions",
      "get.connected-apps",
      "revoke.connected-app",
    ],
  },
  {
    resource_id: "stytch.scim",
    description: "Builtin resource for Stytch SCIM Connection objects",
    actions: ["create", "get", "update", "delete"],
  },
];
