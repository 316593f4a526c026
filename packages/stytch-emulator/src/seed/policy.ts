import type { Policy } from "../state/records";
import { stytchResources } from "./stytch-resources";

/** What every project starts with. */
export const stytchPolicy: Policy = {
  roles: [
    {
      role_id: "stytch_member",
      description: "Granted to all Members upon creation",
      permissions: [{ resource_id: "stytch.self", actions: ["*"] }],
    },
    {
      role_id: "stytch_admin",
      description: "Organization administrator",
      permissions: ["stytch.organization", "stytch.member", "stytch.sso", "stytch.scim"].map((resource_id) => ({
        resource_id,
        actions: ["*"],
      })),
    },
  ],
  resources: stytchResources,
  scopes: [],
};

/** That, and the marketplace's own roles, resources and scopes. */
export const marketplacePolicy: Policy = {
  roles: [
    ...stytchPolicy.roles,
    {
      role_id: "bookkeeper",
      description: "Keeps the ledger and sends invoices",
      permissions: [
        { resource_id: "ledger", actions: ["read", "write"] },
        { resource_id: "invoice", actions: ["read", "send"] },
      ],
    },
    {
      role_id: "auditor",
      description: "Reads the ledger and invoices",
      permissions: [
        { resource_id: "ledger", actions: ["read"] },
        { resource_id: "invoice", actions: ["read"] },
      ],
    },
    {
      role_id: "app_manager",
      description: "Sees and revokes the Connected Apps of every Member",
      permissions: [
        { resource_id: "stytch.member", actions: ["search", "get.connected-apps", "revoke.connected-app"] },
      ],
    },
    {
      role_id: "directory",
      description: "Sees who the Members are",
      permissions: [{ resource_id: "stytch.member", actions: ["search"] }],
    },
  ],
  resources: [
    ...stytchResources,
    { resource_id: "ledger", description: "Journal entries and accounts", actions: ["read", "write", "delete"] },
    { resource_id: "invoice", description: "Customer invoices", actions: ["read", "send"] },
  ],
  scopes: [
    {
      scope: "read:ledger",
      description: "Read your ledger",
      permissions: [{ resource_id: "ledger", actions: ["read"] }],
    },
    {
      scope: "write:ledger",
      description: "Change your ledger",
      permissions: [{ resource_id: "ledger", actions: ["read", "write"] }],
    },
    {
      scope: "delete:ledger",
      description: "Delete entries of your ledger",
      permissions: [{ resource_id: "ledger", actions: ["delete"] }],
    },
    {
      scope: "read:invoices",
      description: "Read your invoices",
      permissions: [{ resource_id: "invoice", actions: ["read"] }],
    },
    {
      scope: "send:invoices",
      description: "Send invoices in your name",
      permissions: [{ resource_id: "invoice", actions: ["read", "send"] }],
    },
  ],
};
