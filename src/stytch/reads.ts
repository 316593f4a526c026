import type {
  B2BClient,
  B2BIDPOAuthAuthorizeStartRequest,
  B2BOrganizationsMembersSearchRequest,
  B2BOrganizationsSearchRequest,
  B2BSessionsAuthenticateRequest,
  ConnectedAppsClientsSearchRequest,
  ConnectedAppWithClientSecret,
} from "stytch";
import { type Actor, optionsOf } from "./actor";
import type { Calls } from "./calls";
import type { Directory, FoundMembers, FoundOrganizations } from "./directory";
import { present } from "./kinds";
import type { UpstreamMeter } from "./meter";
import { Refusals } from "./refusals";

/** A client record as any of the client endpoints answers it: create and rotate/start leave `creation_method` out. */
export type ClientRecord = Omit<ConnectedAppWithClientSecret, "client_secret"> & { creation_method?: string };

/** What this gateway asks of Stytch that changes nothing there, one method for each call of the SDK. */
export class StytchReads {
  private readonly refusals = new Refusals();
  private maySearch: Promise<void> | undefined;

  constructor(
    private readonly sdk: B2BClient,
    private readonly calls: Calls,
    private readonly directory: Directory,
  ) {}

  /** What this request has asked so far, writes included. */
  get meter(): UpstreamMeter {
    return this.calls.meter;
  }

  /** `POST /v1/b2b/sessions/authenticate`. A read: it changes nothing but the session's last access time. */
  authenticateSession(request: B2BSessionsAuthenticateRequest) {
    return this.calls.run("read", "sessions.authenticate", () => this.sdk.sessions.authenticate(request));
  }

  /** The project's signing keys. */
  getKeySet(project_id: string) {
    return this.calls.run("read", "sessions.getJWKS", () => this.sdk.sessions.getJWKS({ project_id }));
  }

  /** Takes an id, slug or external id. Takes no session: project credentials only. */
  getOrganization(organization_id: string) {
    return this.calls.run("read", "organizations.get", () => this.sdk.organizations.get({ organization_id }));
  }

  /** The caller's own record, when a member's session is given: not that of a read which began before. */
  async getOrganizationNow(organization_id: string, actor: Actor) {
    const answer = actor
      ? await this.calls.run("fresh read", "sessions.authenticate", () =>
          this.sdk.sessions.authenticate(actor.identity),
        )
      : await this.calls.run("fresh read", "organizations.get", () => this.sdk.organizations.get({ organization_id }));
    return present(answer.organization, "organization");
  }

  /** Takes no session: project credentials only. Scarce. */
  searchOrganizations(request: B2BOrganizationsSearchRequest) {
    return this.calls.run("read", "organizations.search", () => this.sdk.organizations.search(request));
  }

  /**
   * RBAC with a session: `search` on `stytch.member`, own organization only. Scarce, so that what was forbidden is not
   * asked again in this request, nor for a moment by this Member.
   */
  searchMembers(request: B2BOrganizationsMembersSearchRequest, actor: Actor) {
    const search = () =>
      this.calls.run("read", "members.search", () => this.sdk.organizations.members.search(request, optionsOf(actor)));
    if (!actor) return search();
    const { rights } = this.meter;
    return this.refusals.ask(`members.search ${request.organization_ids}`, () =>
      rights === null ? search() : this.directory.unlessRefused(rights, search),
    );
  }

  /**
   * `searchMembers`, or what a search found a moment ago. `mayRead` asks Stytch whether this caller may search now; it is
   * asked once per request, and only for an answer from memory.
   */
  findMembers(
    request: B2BOrganizationsMembersSearchRequest,
    actor: Actor,
    mayRead: () => Promise<void>,
  ): Promise<FoundMembers> {
    const ask = () => this.searchMembers(request, actor);
    // A Member's session speaks for its own Organization: Stytch itself refuses any other.
    const isOwn = request.organization_ids.length === 1 && request.organization_ids[0] === this.meter.tenant;
    if (actor && !isOwn) return ask();
    return this.directory.members({
      request,
      fresh: this.meter.fresh,
      ask,
      mayRead: () => {
        this.maySearch ??= mayRead();
        return this.maySearch;
      },
    });
  }

  /** `searchOrganizations`, or what a search found a moment ago, without the Organizations' policies. */
  findOrganizations(request: B2BOrganizationsSearchRequest): Promise<FoundOrganizations> {
    const ask = () => this.searchOrganizations(request);
    return this.directory.organizations({ request, fresh: this.meter.fresh, ask });
  }

  /** Crosses tenants and takes no session: operators only. */
  dangerouslyGetMember(member_id: string) {
    return this.calls.run("read", "members.dangerouslyGet", () =>
      this.sdk.organizations.members.dangerouslyGet({ member_id, include_deleted: true }),
    );
  }

  /** RBAC with a session: tenancy only. */
  listOrganizationApps(organization_id: string, actor: Actor) {
    return this.calls.run("read", "organizations.connectedApps", () =>
      this.sdk.organizations.connectedApps({ organization_id }, optionsOf(actor)),
    );
  }

  /** RBAC with a session: tenancy only, though the answer names other Members. */
  getOrganizationApp(organization_id: string, connected_app_id: string, actor: Actor) {
    return this.calls.run("read", "organizations.getConnectedApp", () =>
      this.sdk.organizations.getConnectedApp({ organization_id, connected_app_id }, optionsOf(actor)),
    );
  }

  /** RBAC with a session: `get.connected-apps` on `stytch.self` or `stytch.member`. */
  listMemberApps(organization_id: string, member_id: string, actor: Actor) {
    return this.calls.run("read", "members.getConnectedApps", () =>
      this.sdk.organizations.members.getConnectedApps({ organization_id, member_id }, optionsOf(actor)),
    );
  }

  /** Roles, resources and scopes of the project. Takes no session: it belongs to no Organization. */
  getPolicy() {
    return this.calls.run("read", "rbac.policy", () => this.sdk.rbac.policy());
  }

  // Client records belong to the project; these endpoints know no session, so the gateway guards them itself.

  getClient(client_id: string) {
    return this.calls.run("read", "clients.get", () => this.sdk.connectedApp.clients.get({ client_id }));
  }

  searchClients(request: ConnectedAppsClientsSearchRequest) {
    return this.calls.run("read", "clients.search", () => this.sdk.connectedApp.clients.search(request));
  }

  /** Changes nothing: it validates the request and says what would be asked of the Member. */
  startAuthorization(request: B2BIDPOAuthAuthorizeStartRequest) {
    return this.calls.run("read", "idp.oauth.authorizeStart", () => this.sdk.idp.oauth.authorizeStart(request));
  }
}
