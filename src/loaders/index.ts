import type { Viewer } from "../auth/viewer";
import type { StytchClient } from "../stytch/client";
import { createMemberAuthorizationsLoader } from "./authorizations.loader";
import { createClientLoader } from "./client.loader";
import { createListedAppLoader } from "./listed-app.loader";
import { createMemberLoader } from "./member.loader";
import { createMemberPageLoader } from "./member-page.loader";
import { createOrganizationLoader } from "./organization.loader";
import { createOrganizationAppLoader, createOrganizationAppsLoader } from "./organization-apps.loader";
import { createReader } from "./reader";

export type Loaders = ReturnType<typeof createLoaders>;

/** A fresh set for every request, and again after every write, so that no answer is older than the change before it. */
export function createLoaders(stytch: StytchClient, viewer: Viewer | null) {
  const reader = createReader(stytch, viewer);
  const organization = createOrganizationLoader(reader);
  const member = createMemberLoader(reader, organization);
  const organizationApps = createOrganizationAppsLoader(reader);
  const organizationApp = createOrganizationAppLoader(reader);
  return {
    reader,
    organization,
    member,
    memberPage: createMemberPageLoader(reader, organization, member),
    client: createClientLoader(reader),
    organizationApps,
    organizationApp,
    listedApp: createListedAppLoader(reader, organizationApps, organizationApp),
    memberAuthorizations: createMemberAuthorizationsLoader(reader, organizationApps, organizationApp),
  };
}
