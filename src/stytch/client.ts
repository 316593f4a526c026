import {
  B2BClient,
  type B2BIDPOAuthAuthorizeRequest,
  type B2BIDPOAuthAuthorizeStartRequest,
  type B2BOrganizationsMembersSearchRequest,
  type B2BOrganizationsSearchRequest,
  type B2BOrganizationsUpdateRequest,
  type B2BSessionsAuthenticateRequest,
  type ConnectedAppsClientsCreateRequest,
  type ConnectedAppsClientsSearchRequest,
  type ConnectedAppsClientsUpdateRequest,
  type ConnectedAppWithClientSecret,
} from "stytch";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import type { Redis } from "../redis";
import { OPERATORS } from "./breaker";
import type { Answer, HttpRequest, UpstreamCall } from "./call";
import { createDirectory, type Directory, type FoundMembers, type FoundOrganizations } from "./directory";
import { illFormed, isOurCredentialRefused, StytchRefusal, toCallError } from "./errors";
import { isIllFormedJson } from "./ids";
import { UpstreamMeter } from "./meter";
import { createPipeline, type Pipeline } from "./pipeline";
import { Refusals } from "./refusals";
import { installSdkFetch, type SdkFetch } from "./sdk-fetch";
import { createSearchRation } from "./searches";
import type { SessionCredential } from "./session-credential";
import { mend } from "./shape";
import { createTokens, type VerifiedM2mToken, type VerifiedSession } from "./tokens";

export interface StytchOptions {
  projectId: string;
  secret: string;
  /** Unset: Stytch's own, by project id. `https` is a custom domain; `http` is a stand-in on loopback. */
  baseUrl?: string;
  timeoutMs: number;
  coalesce: boolean;
  maxConnections?: number | undefined;
  /** Searches sent for all tenants together, of each endpoint; 0 is no limit. */
  searchesPerMinute: number;
  /** How long an answer of a search may be used again; 0 is never. */
  directoryMaxAgeSeconds: number;
  /** By which the minutes of searches are counted, and remembered answers age. */
  clock?: (() => Date) | undefined;
  redis?: Redis | undefined;
  logger: Logger;
  metrics: Metrics;
}

/** Calls at the same time; further ones queue. Stytch publishes no limit; 256 serve 12,800 calls/s at 20 ms. */
const MAX_CONCURRENCY = 256;

/** Kept per request for the log; a page of a hundred Members needs no more to be found again. */
const MAX_REQUEST_IDS = 20;

function requestIdOf({ body }: Answer): string | undefined {
  const id: unknown = body && typeof body === "object" ? Reflect.get(body, "request_id") : undefined;
  return typeof id === "string" ? id : undefined;
}

/** A client record as any of the client endpoints answers it: create and rotate/start leave `creation_method` out. */
export type ClientRecord = Omit<ConnectedAppWithClientSecret, "client_secret"> & { creation_method?: string };

/** Who a call acts as: a Member's session, or `null` for the project's own credentials (operators only). */
export type Actor = SessionCredential | null;

const optionsOf = (actor: Actor) => actor?.options;

/** The process's connection to Stytch. `client(meter)` gives one request its own counted view of it. */
export interface Stytch {
  client(meter: UpstreamMeter): StytchClient;
  /** Both check on this machine. @throws whatever `isForged` knows, KeySetUnavailable, or what jose says of the times */
  verifySessionJwt(jwt: string): Promise<VerifiedSession>;
  verifyM2mToken(token: string): Promise<VerifiedM2mToken>;
  close(): Promise<void>;
}

/** @throws Error when this version of the SDK sends its requests past the gateway's limits */
export function createStytch(options: StytchOptions): Stytch {
  const { timeoutMs, coalesce, redis, logger, metrics } = options;
  const clock = options.clock ?? (() => new Date());
  const rationed = createSearchRation({ perMinute: options.searchesPerMinute, clock, metrics, redis });
  const directory = createDirectory({ maxAgeSeconds: options.directoryMaxAgeSeconds, clock, metrics });
  const maxConcurrency = options.maxConnections ?? MAX_CONCURRENCY;
  const pipeline = createPipeline({ timeoutMs, maxConcurrency, coalesce, rationed, logger, metrics });
  const sdkFetch = installSdkFetch();
  const sdk = new B2BClient({
    project_id: options.projectId,
    secret: options.secret,
    // `custom_base_url` takes https only; a plain-http stand-in goes in `env`, for which the SDK warns once.
    ...(options.baseUrl &&
      (options.baseUrl.startsWith("https:") ? { custom_base_url: options.baseUrl } : { env: options.baseUrl })),
    dispatcher: sdkFetch.dispatcher,
  });
  sdkFetch.check(() => sdk.organizations.get({ organization_id: "check" }));
  const client = (meter: UpstreamMeter) => new StytchClient(sdk, sdkFetch, pipeline, directory, meter, logger);
  return {
    client,
    ...createTokens({
      projectId: options.projectId,
      baseUrl: options.baseUrl,
      // For nobody in particular; what fails here fails for all.
      readKeySet: () => client(new UpstreamMeter(undefined, OPERATORS)).getKeySet(options.projectId),
    }),
    async close() {
      sdkFetch.close();
      await pipeline.close();
    },
  };
}

/** The SDK calls this gateway makes, one method each, counted and with errors already translated. */
export class StytchClient {
  readonly #refusals = new Refusals();
  #maySearch: Promise<void> | undefined;

  constructor(
    private readonly sdk: B2BClient,
    private readonly sdkFetch: SdkFetch,
    private readonly pipeline: Pipeline,
    private readonly directory: Directory,
    readonly meter: UpstreamMeter,
    private readonly logger: Logger,
  ) {}

  private async call<T>(
    kind: "read" | "fresh read" | "write",
    operation: string,
    method: () => Promise<T>,
  ): Promise<T> {
    const call: UpstreamCall = {
      kind: kind === "write" ? "write" : "read",
      unshared: kind === "fresh read",
      operation,
      meter: this.meter,
    };
    try {
      return await this.sdkFetch.run(method, (request) => this.carry(call, request));
    } catch (error) {
      const failure = toCallError(error, call);
      if (isOurCredentialRefused(failure)) {
        this.logger.error({ operation, ...failure.details }, "Stytch refuses this gateway's project credentials");
      }
      throw failure;
    }
  }

  /** The body of a good answer. @throws UpstreamFault or StytchRefusal */
  private async carry(call: UpstreamCall, request: HttpRequest): Promise<unknown> {
    if (request.body !== null && isIllFormedJson(request.body)) throw illFormed();
    const answer = await this.pipeline.carry(call, request);
    const id = requestIdOf(answer);
    if (id && this.meter.stytchRequestIds.length < MAX_REQUEST_IDS) this.meter.stytchRequestIds.push(id);
    if (answer.status >= 400) throw new StytchRefusal(answer);
    mend(call.operation, call.kind, answer.body, {
      value: (name) => this.report(call.operation, name),
      record: (list) => {
        this.report(call.operation, list);
        this.meter.leftOut.set(list, (this.meter.leftOut.get(list) ?? 0) + 1);
      },
    });
    return answer.body;
  }

  /** Once for each name in the life of the process: the names are a closed set. */
  private report(operation: string, name: string): void {
    const key = `${operation} ${name}`;
    if (reported.has(key)) return;
    reported.add(key);
    this.logger.warn({ operation, name }, "Stytch answered something odd; it is shown as empty, or left out");
  }

  /** `POST /v1/b2b/sessions/authenticate`. A read: it changes nothing but the session's last access time. */
  authenticateSession(request: B2BSessionsAuthenticateRequest) {
    return this.call("read", "sessions.authenticate", () => this.sdk.sessions.authenticate(request));
  }

  /** The project's signing keys. */
  getKeySet(project_id: string) {
    return this.call("read", "sessions.getJWKS", () => this.sdk.sessions.getJWKS({ project_id }));
  }

  /** Takes an id, slug or external id. Takes no session: project credentials only. */
  getOrganization(organization_id: string) {
    return this.call("read", "organizations.get", () => this.sdk.organizations.get({ organization_id }));
  }

  /** The caller's own record, when a member's session is given: not that of a read which began before. */
  async getOrganizationNow(organization_id: string, actor: Actor) {
    const answer = actor
      ? await this.call("fresh read", "sessions.authenticate", () => this.sdk.sessions.authenticate(actor.identity))
      : await this.call("fresh read", "organizations.get", () => this.sdk.organizations.get({ organization_id }));
    return answer.organization;
  }

  /** Takes no session: project credentials only. Scarce. */
  searchOrganizations(request: B2BOrganizationsSearchRequest) {
    return this.call("read", "organizations.search", () => this.sdk.organizations.search(request));
  }

  updateOrganization(request: B2BOrganizationsUpdateRequest, actor: Actor) {
    return this.call("write", "organizations.update", () => this.sdk.organizations.update(request, optionsOf(actor)));
  }

  /**
   * RBAC with a session: `search` on `stytch.member`, own organization only. Scarce, so that what was forbidden is not
   * asked again in this request, nor for a moment by this session.
   */
  searchMembers(request: B2BOrganizationsMembersSearchRequest, actor: Actor) {
    const search = () =>
      this.call("read", "members.search", () => this.sdk.organizations.members.search(request, optionsOf(actor)));
    if (!actor) return search();
    return this.#refusals.ask(`members.search ${request.organization_ids}`, () =>
      this.directory.unlessRefused(actor, this.meter.fresh, search),
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
        this.#maySearch ??= mayRead();
        return this.#maySearch;
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
    return this.call("read", "members.dangerouslyGet", () =>
      this.sdk.organizations.members.dangerouslyGet({ member_id, include_deleted: true }),
    );
  }

  /** RBAC with a session: tenancy only. */
  listOrganizationApps(organization_id: string, actor: Actor) {
    return this.call("read", "organizations.connectedApps", () =>
      this.sdk.organizations.connectedApps({ organization_id }, optionsOf(actor)),
    );
  }

  /** RBAC with a session: tenancy only, though the answer names other Members. */
  getOrganizationApp(organization_id: string, connected_app_id: string, actor: Actor) {
    return this.call("read", "organizations.getConnectedApp", () =>
      this.sdk.organizations.getConnectedApp({ organization_id, connected_app_id }, optionsOf(actor)),
    );
  }

  /** RBAC with a session: `get.connected-apps` on `stytch.self` or `stytch.member`. */
  listMemberApps(organization_id: string, member_id: string, actor: Actor) {
    return this.call("read", "members.getConnectedApps", () =>
      this.sdk.organizations.members.getConnectedApps({ organization_id, member_id }, optionsOf(actor)),
    );
  }

  /** RBAC with a session: `revoke.connected-app` on `stytch.self` or `stytch.member`. */
  revokeMemberApp(organization_id: string, member_id: string, connected_app_id: string, actor: Actor) {
    return this.call("write", "members.connectedApps.revoke", () =>
      this.sdk.organizations.members.connectedApps.revoke(
        { organization_id, member_id, connected_app_id },
        optionsOf(actor),
      ),
    );
  }

  /** Roles, resources and scopes of the project. Takes no session: it belongs to no Organization. */
  getPolicy() {
    return this.call("read", "rbac.policy", () => this.sdk.rbac.policy());
  }

  // Client records belong to the project; these endpoints know no session, so the gateway guards them itself.

  getClient(client_id: string) {
    return this.call("read", "clients.get", () => this.sdk.connectedApp.clients.get({ client_id }));
  }

  searchClients(request: ConnectedAppsClientsSearchRequest) {
    return this.call("read", "clients.search", () => this.sdk.connectedApp.clients.search(request));
  }

  createClient(request: ConnectedAppsClientsCreateRequest) {
    return this.call("write", "clients.create", () => this.sdk.connectedApp.clients.create(request));
  }

  updateClient(request: ConnectedAppsClientsUpdateRequest) {
    return this.call("write", "clients.update", () => this.sdk.connectedApp.clients.update(request));
  }

  deleteClient(client_id: string) {
    return this.call("write", "clients.delete", () => this.sdk.connectedApp.clients.delete({ client_id }));
  }

  startSecretRotation(client_id: string) {
    return this.call("write", "secrets.rotateStart", () =>
      this.sdk.connectedApp.clients.secrets.rotateStart({ client_id }),
    );
  }

  completeSecretRotation(client_id: string) {
    return this.call("write", "secrets.rotate", () => this.sdk.connectedApp.clients.secrets.rotate({ client_id }));
  }

  cancelSecretRotation(client_id: string) {
    return this.call("write", "secrets.rotateCancel", () =>
      this.sdk.connectedApp.clients.secrets.rotateCancel({ client_id }),
    );
  }

  /** Changes nothing: it validates the request and says what would be asked of the Member. */
  startAuthorization(request: B2BIDPOAuthAuthorizeStartRequest) {
    return this.call("read", "idp.oauth.authorizeStart", () => this.sdk.idp.oauth.authorizeStart(request));
  }

  /** Grants or denies. A grant is signalled by `authorization_code`, never by the status. */
  authorize(request: B2BIDPOAuthAuthorizeRequest) {
    return this.call("write", "idp.oauth.authorize", () => this.sdk.idp.oauth.authorize(request));
  }
}

type Write =
  | "updateOrganization"
  | "revokeMemberApp"
  | "createClient"
  | "updateClient"
  | "deleteClient"
  | "startSecretRotation"
  | "completeSecretRotation"
  | "cancelSecretRotation"
  | "authorize";

/**
 * What changes something at Stytch: handed out by `Caller.perform`, so that nothing is done unrecorded. The rotation clock,
 * which no caller asked, records for itself. A test holds the list to the methods.
 */
export type StytchWrites = Pick<StytchClient, Write>;
export type StytchReads = Omit<StytchClient, Write>;

/** Oddities that are in the log already. */
const reported = new Set<string>();
