import { randomUUID } from "node:crypto";
import { GraphQLClient } from "graphql-request";
import { type Emulator, startEmulator } from "stytch-emulator";
import { memberWithRole } from "../../packages/stytch-emulator/test/oauth/setup";
import type { AuditEvent } from "../../src/ledger/event";
import type { Verdict } from "../../src/ledger/verify";
import {
  CompleteSecretRotationDocument,
  CreateClientDocument,
  DeleteClientDocument,
  RevokeMemberAppDocument,
  RotateSecretDocument,
} from "../generated/graphql";
import { Browser, CALLBACK, heading, openForm } from "../oauth/setup";
import { noteWrites, readBooks, type Writes } from "./books";
import { type GatewayChild, startChild } from "./children";

type Pair = readonly [GatewayChild, GatewayChild];

export interface Replicas {
  readonly emulator: Emulator;
  /** The life of an app in five mutations, the next one always at the other replica. How often each write was sent. */
  mutate(count: number): Promise<void>;
  /** Rotations with a clock; then both replicas start at a time when all of them are due. Ids of their apps. */
  rotate(count: number): Promise<string[]>;
  /** The same form to both at once: what each answered, as a status or a heading, for each race. */
  raceConsents(count: number): Promise<{ answers: string[]; grants: number }[]>;
  /** How often each write reached Stytch, and everything in the ledger. */
  account(): Promise<{ writes: Writes; events: AuditEvent[]; verdict: Verdict }>;
  stop(): Promise<void>;
}

/** Mutations on their way at each replica at the same time. */
const AT_ONCE = 8;
const AHEAD_MS = 10 * 60_000;
const AUTHORIZE = "POST /v1/b2b/idp/oauth/authorize";

/** Two gateways, each a process of its own, on one database before one Stytch. */
export async function startReplicas(databaseUrl: string, redisUrl?: string): Promise<Replicas> {
  const emulator = await startEmulator({ port: 0, searchesPerMinute: 0 });
  const { member_id: memberId, organization_id: organizationId } = memberWithRole(emulator, "bookkeeper");
  const start = (aheadMs = 0): Promise<Pair> => {
    const one = () => startChild(emulator, { databaseUrl, redisUrl, aheadMs });
    return Promise.all([one(), one()]);
  };
  // On an empty database: both bring it up to date at the same moment.
  let replicas = await start();
  const writes: Writes = new Map();
  const note = () => noteWrites(writes, emulator);

  async function clients(): Promise<[GraphQLClient, GraphQLClient]> {
    const headers = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
    const [one, other] = replicas.map(({ url }) => new GraphQLClient(`${url}/graphql`, { headers }));
    if (!one || !other) throw new Error("Two replicas.");
    return [one, other];
  }

  async function createApp(client: GraphQLClient, label: string): Promise<string> {
    const input = { clientType: "THIRD_PARTY" as const, name: `${label} ${randomUUID()}`, redirectUrls: [CALLBACK] };
    const { createClient } = await client.request(CreateClientDocument, { input });
    if (!createClient?.connectedApp) throw new Error(JSON.stringify(createClient));
    return createClient.connectedApp.id;
  }

  /** @throws unless it was done */
  async function require(answer: Promise<object>): Promise<void> {
    const payload: { userErrors: unknown[] } | null = Object.values(await answer)[0];
    if (payload?.userErrors.length !== 0) throw new Error(JSON.stringify(payload));
  }

  async function live(one: GraphQLClient, other: GraphQLClient): Promise<void> {
    const clientId = await createApp(one, "Life");
    await require(other.request(RotateSecretDocument, { input: { clientId } }));
    await require(one.request(CompleteSecretRotationDocument, { input: { clientId } }));
    const key = { organization_id: organizationId, member_id: memberId, client_id: clientId };
    emulator.state.grants.record({ ...key, scopes: ["openid"] });
    await require(
      other.request(RevokeMemberAppDocument, { input: { organizationId, memberId, connectedAppId: clientId } }),
    );
    await require(one.request(DeleteClientDocument, { input: { clientId } }));
  }

  return {
    emulator,

    async mutate(count) {
      const [one, other] = await clients();
      let left = count / 5;
      const work = async (first: GraphQLClient, second: GraphQLClient) => {
        for (; left > 0; note()) {
          left--;
          await live(first, second);
        }
      };
      const workers = Array.from({ length: AT_ONCE }, () => [work(one, other), work(other, one)]);
      await Promise.all(workers.flat());
    },

    async rotate(count) {
      const [one, other] = await clients();
      const apps: string[] = [];
      for (let i = 0; i < count; i++) {
        const clientId = await createApp(i % 2 ? one : other, "Due");
        const completeAfter = new Date(Date.now() + 5 * 60_000 + 30_000).toISOString();
        await require(one.request(RotateSecretDocument, { input: { clientId, completeAfter } }));
        apps.push(clientId);
      }
      await Promise.all(replicas.map((replica) => replica.kill()));
      note();
      replicas = await start(AHEAD_MS);
      const [{ url }] = replicas;
      for (const end = performance.now() + 30_000; ; ) {
        const figures = await (await fetch(`${url}/metrics`)).text();
        if (figures.includes('gateway_secret_rotations{state="scheduled"} 0\n')) break;
        if (performance.now() > end) throw new Error(figures);
      }
      note();
      return apps;
    },

    async raceConsents(count) {
      const [client] = await clients();
      const races: { answers: string[]; grants: number }[] = [];
      for (let race = 0; race < count; race++) {
        const app = await createApp(client, "Race");
        const { session_jwt } = await emulator.mintSession({ memberId });
        const [here, there] = [new Browser(replicas[0].url), new Browser(replicas[1].url)];
        here.cookies.set("stytch_session_jwt", session_jwt);
        const form = { ...(await openForm(here, { client_id: app, redirect_uri: CALLBACK, scope: "openid" })) };
        for (const [name, value] of here.cookies) there.cookies.set(name, value);
        note();
        const responses = await Promise.all([here, there].map((browser) => browser.submit(form)));
        const answers = await Promise.all(
          responses.map(async (response) =>
            response.status === 303
              ? new URL(response.headers.get("location") ?? "").searchParams.has("code")
                ? "granted"
                : "sent back"
              : heading(await response.text()),
          ),
        );
        races.push({ answers: answers.sort(), grants: emulator.requests(AUTHORIZE).length });
      }
      note();
      return races;
    },

    async account() {
      note();
      return readBooks(databaseUrl, Date.now, async ({ events, verdict }) => ({ writes, events, verdict }));
    },

    async stop() {
      await Promise.all(replicas.map((replica) => replica.kill()));
      await emulator.stop();
    },
  };
}
