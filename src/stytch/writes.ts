import type {
  B2BClient,
  B2BIDPOAuthAuthorizeRequest,
  B2BOrganizationsUpdateRequest,
  ConnectedAppsClientsCreateRequest,
  ConnectedAppsClientsUpdateRequest,
} from "stytch";
import { type Actor, optionsOf } from "./actor";
import type { Calls } from "./calls";

/**
 * What changes something at Stytch, one method for each call of the SDK. Handed out by `Caller.perform`, so that nothing
 * is done unrecorded; the rotation clock, which no caller asked, records for itself.
 */
export class StytchWrites {
  constructor(
    private readonly sdk: B2BClient,
    private readonly calls: Calls,
  ) {}

  updateOrganization(request: B2BOrganizationsUpdateRequest, actor: Actor) {
    return this.calls.run("write", "organizations.update", () =>
      this.sdk.organizations.update(request, optionsOf(actor)),
    );
  }

  /** RBAC with a session: `revoke.connected-app` on `stytch.self` or `stytch.member`. */
  revokeMemberApp(organization_id: string, member_id: string, connected_app_id: string, actor: Actor) {
    return this.calls.run("write", "members.connectedApps.revoke", () =>
      this.sdk.organizations.members.connectedApps.revoke(
        { organization_id, member_id, connected_app_id },
        optionsOf(actor),
      ),
    );
  }

  // Client records belong to the project; these endpoints know no session, so the gateway guards them itself.

  createClient(request: ConnectedAppsClientsCreateRequest) {
    return this.calls.run("write", "clients.create", () => this.sdk.connectedApp.clients.create(request));
  }

  updateClient(request: ConnectedAppsClientsUpdateRequest) {
    return this.calls.run("write", "clients.update", () => this.sdk.connectedApp.clients.update(request));
  }

  deleteClient(client_id: string) {
    return this.calls.run("write", "clients.delete", () => this.sdk.connectedApp.clients.delete({ client_id }));
  }

  startSecretRotation(client_id: string) {
    return this.calls.run("write", "secrets.rotateStart", () =>
      this.sdk.connectedApp.clients.secrets.rotateStart({ client_id }),
    );
  }

  completeSecretRotation(client_id: string) {
    return this.calls.run("write", "secrets.rotate", () => this.sdk.connectedApp.clients.secrets.rotate({ client_id }));
  }

  cancelSecretRotation(client_id: string) {
    return this.calls.run("write", "secrets.rotateCancel", () =>
      this.sdk.connectedApp.clients.secrets.rotateCancel({ client_id }),
    );
  }

  /** Grants or denies. A grant is signalled by `authorization_code`, never by the status. */
  authorize(request: B2BIDPOAuthAuthorizeRequest) {
    return this.calls.run("write", "idp.oauth.authorize", () => this.sdk.idp.oauth.authorize(request));
  }
}
