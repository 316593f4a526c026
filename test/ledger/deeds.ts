import { randomUUID } from "node:crypto";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { GraphQLClient } from "graphql-request";
import type { Emulator } from "stytch-emulator";
import { memberWithRole } from "../../packages/stytch-emulator/test/oauth/setup";
import type { AuditAction, AuditEvent } from "../../src/ledger/event";
import {
  CancelSecretRotationDocument,
  CompleteSecretRotationDocument,
  CreateClientDocument,
  DeleteClientDocument,
  RevokeAppDocument,
  RevokeMemberAppDocument,
  RotateSecretDocument,
  SaveListingDocument,
  UpdateClientDocument,
  UpdateConnectedAppPolicyDocument,
} from "../generated/graphql";
import { Browser, CALLBACK, openForm } from "../oauth/setup";
import type { Books } from "./books";
import { ELSEWHERE } from "./stytch-writes";

/** One thing that a mutation does, and how to see from outside whether it was done. */
export interface Part {
  action: AuditAction;
  organizationId?: string;
  memberId?: string;
  /** `undefined`: it is made by the mutation. */
  appId?: string;
  /** The one request of Stytch that does it, as `writeOf` names it; `null` where Stytch is not asked. */
  write: string | null;
  /** By the emulator's records, or where Stytch keeps none by the gateway's. */
  isDone(books: Books): boolean | Promise<boolean>;
  /** What else the ledger must say of a thing that was done. */
  check?(books: Books, done: boolean, told: readonly AuditEvent[]): Promise<void>;
}

export interface Deed {
  kind: DeedKind;
  requestId: string;
  parts: Part[];
  /** Whether the gateway says that it was done. Rejects when no answer came. */
  send(): Promise<boolean>;
  /** The same once more after a restart, under the same key: it must not be done twice. */
  repeat?(url: string, token: string): Promise<boolean>;
}

export const DEED_KINDS = [
  "createClient",
  "updateClient",
  "deleteClient",
  "rotateSecret",
  "completeSecretRotation",
  "cancelSecretRotation",
  "revokeMemberApp",
  "revokeApp",
  "submitConsent",
  "updateConnectedAppPolicy",
  "saveListing",
] as const;
export type DeedKind = (typeof DEED_KINDS)[number];

export interface Workshop {
  prepare(kind: DeedKind, url: string, token: string): Promise<Deed>;
}

/** By Stytch, before the gateway died. What a sweeper finds done has no request of Stytch's; a rotation, no secret that anybody got. */
export const wasAnswered = ({ outcome, stytchRequestIds }: AuditEvent): boolean =>
  outcome === "DONE" && stytchRequestIds.length > 0;

type Plan = Omit<Deed, "kind" | "requestId">;

const TEXTS = {
  tagline: "Books",
  details: "Keeps books.",
  categories: [],
  publisherName: "Books & Co",
  privacyPolicyUrl: "https://app.example/privacy",
  installUrl: "https://app.example/",
  scopes: [],
};

/** Every deed has objects of its own, so that what happened to them tells what became of it. */
export function createWorkshop(emulator: Emulator, now: () => number): Workshop {
  const { state } = emulator;
  const bookkeeper = memberWithRole(emulator, "bookkeeper");
  const { organization_id: organizationId } = bookkeeper;
  const colleagues = [...state.members.ofOrganization(organizationId)].slice(0, 3).map(({ member_id }) => member_id);
  const credentials = `Basic ${Buffer.from(`${emulator.projectId}:${emulator.secret}`).toString("base64")}`;

  /** As somebody at Stytch's dashboard: not through the gateway, so the ledger knows nothing of it. */
  async function stytch(method: string, path: string, body: object = {}) {
    const response = await fetch(`${emulator.url}/v1${path}`, {
      method,
      headers: { authorization: credentials, "content-type": "application/json", ...ELSEWHERE },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    const answer: { connected_app?: { client_id: string }; organization?: { organization_id: string } } =
      JSON.parse(text);
    return answer;
  }
  async function newApp(name: string): Promise<string> {
    const fields = { client_type: "third_party", client_name: name, redirect_urls: [CALLBACK] };
    return (await stytch("POST", "/connected_apps/clients", fields)).connected_app?.client_id ?? "";
  }
  const clientOf = (id: string) => state.clients.get(id);
  const consent = (memberId: string, appId: string) =>
    state.grants.record({ organization_id: organizationId, member_id: memberId, client_id: appId, scopes: ["openid"] });
  const revocation = (memberId: string, appId: string): Part => ({
    action: "AUTHORIZATION_REVOKED",
    organizationId,
    memberId,
    appId,
    write: `POST ${organizationId}/members/${memberId}/connected_apps/${appId}/revoke`,
    isDone: () => state.grants.get(memberId, appId) === undefined,
  });

  async function plan(kind: DeedKind, requestId: string, url: string, token: string): Promise<Plan> {
    const name = `App of ${requestId}`;
    const request = async <V extends object>(
      document: TypedDocumentNode<object, V>,
      variables: V,
      at = { url, token, requestId },
    ) => {
      const headers = { authorization: `Bearer ${at.token}`, "x-request-id": at.requestId };
      const data = await new GraphQLClient(`${at.url}/graphql`, { headers }).request<object, object>(
        document,
        variables,
      );
      const payload: { userErrors: unknown[]; failures?: unknown[] } | null | undefined = Object.values(data)[0];
      return payload?.userErrors.length === 0 && !payload.failures?.length;
    };
    const app = kind === "createClient" ? "" : await newApp(name);
    const one = (action: AuditAction, write: string | null, isDone: Part["isDone"], check?: Part["check"]) => [
      { action, ...(app && { appId: app }), write, isDone, ...(check && { check }) },
    ];
    switch (kind) {
      case "createClient": {
        const input = { clientType: "THIRD_PARTY" as const, name, redirectUrls: [CALLBACK], idempotencyKey: requestId };
        const made = () => [...state.clients.values()].find(({ client_name }) => client_name === name);
        return {
          parts: one(
            "CLIENT_CREATED",
            `create ${name}`,
            () => made() !== undefined,
            async ({ ledger }, done) => {
              const id = made()?.client_id ?? "";
              const known = (await ledger.rotations.of([id])).get(id)?.createdAt;
              if (done !== Boolean(known)) throw new Error(`${requestId}: the secret's age is ${known}`);
            },
          ),
          send: () => request(CreateClientDocument, { input }),
          repeat: (newUrl, newToken) =>
            request(CreateClientDocument, { input }, { url: newUrl, token: newToken, requestId: `${requestId}-again` }),
        };
      }
      case "updateClient": {
        const input = { clientId: app, description: requestId };
        return {
          parts: one("CLIENT_UPDATED", `PUT ${app}`, () => clientOf(app)?.client_description === requestId),
          send: () => request(UpdateClientDocument, { input }),
        };
      }
      case "deleteClient":
        return {
          parts: one("CLIENT_DELETED", `DELETE ${app}`, () => clientOf(app) === undefined),
          send: () => request(DeleteClientDocument, { input: { clientId: app } }),
        };
      case "rotateSecret": {
        // The gateway ends it by itself after a few restarts.
        const completeAfter = new Date(now() + 460_000).toISOString();
        const input = { clientId: app, completeAfter, idempotencyKey: requestId };
        const first = clientOf(app)?.secret?.current.lastFour;
        return {
          parts: one(
            "SECRET_ROTATION_STARTED",
            `POST ${app}/secrets/rotate/start`,
            () => clientOf(app)?.secret?.next !== undefined || clientOf(app)?.secret?.current.lastFour !== first,
            async ({ ledger }, done, told) => {
              // The gateway has ended it meanwhile.
              if (done && !clientOf(app)?.secret?.next) return;
              const rotation = (await ledger.rotations.of([app])).get(app)?.rotation;
              if (done !== Boolean(rotation)) throw new Error(`${requestId}: started at ${rotation?.startedAt}`);
              const due = rotation?.completeAfter?.toISOString();
              if (due !== (told.some(wasAnswered) ? completeAfter : undefined))
                throw new Error(`${requestId}: due at ${due}`);
            },
          ),
          send: () => request(RotateSecretDocument, { input }),
          repeat: (newUrl, newToken) =>
            request(RotateSecretDocument, { input }, { url: newUrl, token: newToken, requestId: `${requestId}-again` }),
        };
      }
      case "completeSecretRotation":
      case "cancelSecretRotation": {
        await stytch("POST", `/connected_apps/clients/${app}/secrets/rotate/start`);
        const isOver = () => clientOf(app)?.secret?.next === undefined;
        const input = { clientId: app };
        return kind === "completeSecretRotation"
          ? {
              parts: one("SECRET_ROTATION_COMPLETED", `POST ${app}/secrets/rotate`, isOver),
              send: () => request(CompleteSecretRotationDocument, { input }),
            }
          : {
              parts: one("SECRET_ROTATION_CANCELLED", `POST ${app}/secrets/rotate/cancel`, isOver),
              send: () => request(CancelSecretRotationDocument, { input }),
            };
      }
      case "revokeMemberApp": {
        consent(bookkeeper.member_id, app);
        const input = { organizationId, memberId: bookkeeper.member_id, connectedAppId: app };
        return {
          parts: [revocation(bookkeeper.member_id, app)],
          send: () => request(RevokeMemberAppDocument, { input }),
        };
      }
      case "revokeApp":
        for (const memberId of colleagues) consent(memberId, app);
        return {
          parts: colleagues.map((memberId) => revocation(memberId, app)),
          send: () => request(RevokeAppDocument, { input: { organizationId, connectedAppId: app } }),
        };
      case "submitConsent": {
        const { session_jwt } = await emulator.mintSession({ memberId: bookkeeper.member_id });
        const browser = new Browser(url);
        browser.cookies.set("stytch_session_jwt", session_jwt);
        const form = await openForm(browser, { client_id: app, redirect_uri: CALLBACK, scope: "openid" });
        const key = { organizationId, memberId: bookkeeper.member_id, connectedAppId: app };
        return {
          parts: [
            {
              action: "AUTHORIZATION_GRANTED",
              organizationId,
              memberId: bookkeeper.member_id,
              appId: app,
              write: `grant ${app}`,
              isDone: () => state.grants.get(bookkeeper.member_id, app) !== undefined,
              async check({ ledger }, done) {
                const [grant] = await ledger.grants.of([key]);
                if (done !== Boolean(grant)) throw new Error(`${requestId}: granted since ${grant?.grantedAt}`);
              },
            },
          ],
          async send() {
            const { status, headers } = await browser.submit({ ...form }, { "x-request-id": requestId });
            return status === 303 && /[?&]code=/.test(headers.get("location") ?? "");
          },
        };
      }
      case "updateConnectedAppPolicy": {
        const fields = { organization_name: name.slice(0, 50), organization_slug: requestId.toLowerCase() };
        const { organization } = await stytch("POST", "/b2b/organizations", fields);
        const id = organization?.organization_id ?? "";
        const input = { organizationId: id, thirdParty: { mode: "NOT_ALLOWED" as const } };
        return {
          parts: [
            {
              action: "CONNECTED_APP_POLICY_UPDATED",
              organizationId: id,
              write: `PUT ${id}`,
              isDone: () => state.requireOrganization(id).third_party_connected_apps_allowed_type === "NOT_ALLOWED",
            },
          ],
          send: () => request(UpdateConnectedAppPolicyDocument, { input }),
        };
      }
      case "saveListing":
        return {
          parts: one("LISTING_SAVED", null, async ({ listingOf }) => (await listingOf(app)) !== undefined),
          send: () => request(SaveListingDocument, { input: { connectedAppId: app, ...TEXTS } }),
        };
    }
  }

  return {
    async prepare(kind, url, token) {
      const requestId = `${kind}-${randomUUID()}`;
      return { kind, requestId, ...(await plan(kind, requestId, url, token)) };
    },
  };
}
