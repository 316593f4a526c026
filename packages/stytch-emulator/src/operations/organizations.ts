import { z } from "zod";
import { newOrganization } from "../defaults";
import { newId } from "../ids";
import { revokeExcludedApps } from "../organization-policy";
import { authorizeCaller, requireTenancy } from "../rbac";
import type { Organization } from "../state/records";
import { StytchApiError } from "../wire/errors";
import { metadata, parseFields, text, texts } from "../wire/fields";
import type { JsonObject } from "../wire/json";
import type { Operation } from "../wire/operation";
import { endAccess } from "./end-access";
import { mergeMetadata } from "./merge-metadata";
import { checkExternalId, checkName, checkSlug, deriveSlug } from "./organization-rules";
import { checkSettings } from "./organization-settings";
import { organizationUpdateActions } from "./update-actions";

const rule = z.enum(["ALL_ALLOWED", "RESTRICTED", "NOT_ALLOWED"]);
const POLICY_MODES = ["first_party_connected_apps_allowed_type", "third_party_connected_apps_allowed_type"] as const;

const fields = z.object({
  organization_name: text.exactOptional(),
  organization_slug: text.exactOptional(),
  organization_external_id: text.exactOptional(),
  organization_logo_url: text.exactOptional(),
  trusted_metadata: metadata.exactOptional(),
  sso_jit_provisioning: text.exactOptional(),
  email_allowed_domains: texts.exactOptional(),
  email_jit_provisioning: text.exactOptional(),
  email_invites: text.exactOptional(),
  auth_methods: text.exactOptional(),
  allowed_auth_methods: texts.exactOptional(),
  mfa_policy: text.exactOptional(),
  rbac_email_implicit_role_assignments: z.array(z.object({ domain: text, role_id: text })).exactOptional(),
  mfa_methods: text.exactOptional(),
  allowed_mfa_methods: texts.exactOptional(),
  oauth_tenant_jit_provisioning: text.exactOptional(),
  allowed_oauth_tenants: metadata.exactOptional(),
  claimed_email_domains: texts.exactOptional(),
  first_party_connected_apps_allowed_type: rule.exactOptional(),
  allowed_first_party_connected_apps: texts.exactOptional(),
  third_party_connected_apps_allowed_type: rule.exactOptional(),
  allowed_third_party_connected_apps: texts.exactOptional(),
});
const updateFields = fields.extend({
  sso_default_connection_id: text.exactOptional(),
  sso_jit_provisioning_allowed_connections: texts.exactOptional(),
});

/** U18: a policy mode that does not exist is `invalid_argument`; ids that name no client are accepted. */
function checkPolicyModes(body: JsonObject): void {
  for (const name of POLICY_MODES) {
    if (!rule.nullish().safeParse(body[name]).success) {
      throw new StytchApiError("invalid_argument", `${name} must be ALL_ALLOWED, RESTRICTED or NOT_ALLOWED.`);
    }
  }
}

/** Any of these in a creation means that invitations are off unless asked for. */
const AUTHENTICATION_SETTINGS = [
  "auth_methods",
  "allowed_auth_methods",
  "email_jit_provisioning",
  "sso_jit_provisioning",
];

/** POST /v1/b2b/organizations */
export const createOrganization: Operation = (state, { body }) => {
  checkPolicyModes(body);
  const { organization_name = "", ...given } = parseFields(fields, body);
  checkName(organization_name);
  const organization_slug = given.organization_slug ?? deriveSlug(state, organization_name);
  checkSlug(state, organization_slug);
  if (given.organization_external_id !== undefined) checkExternalId(state, given.organization_external_id);
  const organization = newOrganization(
    {
      organization_id: newId("organization"),
      email_invites: AUTHENTICATION_SETTINGS.some((name) => name in given) ? "NOT_ALLOWED" : "ALL_ALLOWED",
      ...given,
      organization_name,
      organization_slug,
    },
    state.now(),
  );
  checkSettings(state, organization);
  state.organizations.save(organization);
  return { organization };
};

/** GET /v1/b2b/organizations/:organization_id */
export const getOrganization: Operation<"organization_id"> = (state, { params }) => ({
  organization: state.requireOrganization(params.organization_id),
});

/** PUT /v1/b2b/organizations/:organization_id */
export const updateOrganization: Operation<"organization_id"> = (state, { params, body, caller }) => {
  requireTenancy(state, caller, params.organization_id);
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.organization",
    actions: caller ? organizationUpdateActions(body) : [],
  });
  const known = state.requireOrganization(params.organization_id);
  checkPolicyModes(body);
  const { trusted_metadata, ...given } = parseFields(updateFields, body);
  if (given.organization_name !== undefined) checkName(given.organization_name);
  if (given.organization_slug !== undefined) checkSlug(state, given.organization_slug, known);
  if (given.organization_external_id !== undefined) checkExternalId(state, given.organization_external_id, known);
  const organization: Organization = {
    ...known,
    ...given,
    trusted_metadata: mergeMetadata(known.trusted_metadata, trusted_metadata),
    updated_at: state.now(),
  };
  checkSettings(state, organization);
  state.organizations.save(organization);
  revokeExcludedApps(state, organization);
  return { organization };
};

/** DELETE /v1/b2b/organizations/:organization_id, with its Members and everything of theirs. */
export const deleteOrganization: Operation<"organization_id"> = (state, { params, caller }) => {
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.organization",
    actions: ["delete"],
  });
  const { organization_id } = state.requireOrganization(params.organization_id);
  for (const member of [...state.members.ofOrganization(organization_id)]) {
    endAccess(state, member.member_id);
    state.members.delete(member.member_id);
  }
  state.organizationPolicies.delete(organization_id);
  state.organizations.delete(organization_id);
  return { organization_id };
};

/** DELETE /v1/b2b/organizations/:organization_id/external_id. U39: no action is documented for it. */
export const deleteOrganizationExternalId: Operation<"organization_id"> = (state, { params, caller }) => {
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.organization",
    actions: ["*"],
  });
  const known = state.requireOrganization(params.organization_id);
  const organization = { ...known, organization_external_id: null, updated_at: state.now() };
  state.organizations.save(organization);
  return { organization };
};

/** GET /v1/b2b/organizations/:organization_id/metrics */
export const getOrganizationMetrics: Operation<"organization_id"> = (state, { params }) => {
  const { organization_id } = state.requireOrganization(params.organization_id);
  const members = [...state.members.ofOrganization(organization_id)];
  return { member_count: members.filter((member) => member.status !== "deleted").length };
};
