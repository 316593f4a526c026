import { generateKeyPairSync } from "node:crypto";
import { compactDecrypt, exportJWK } from "jose";
import type { Fault } from "stytch-emulator";
import { createSchema } from "../../src/graphql/schema";
import { erase } from "../../src/ledger/erase";
import { INVOICE_SYNC, LEDGER_EXPORT, texts } from "../marketplace/shelf";
import { authorizePath, Browser, openForm } from "../oauth/setup";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";
import { ENGINES, type Engine, startEngine } from "./engines";
import { openTestLedger } from "./ledger";
import { contentsOf, exportOf } from "./stored";

const NAME = "Quillfeather";
const ADDRESS = "quillfeather@canary.example";
const TYPED = {
  state: "canary-state-5f1c",
  nonce: "canary-nonce-77aa",
  challenge: "canary-challenge-0123456789012345678901234567890",
  idempotencyKey: "canary-idempotency-key",
  description: `Ask ${ADDRESS}`,
  template: '{ "canary_template": "canary-template" }',
};
const sealing = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** Somebody of whom the test knows every secret. */
interface Person {
  memberId: string;
  headers: Record<string, string>;
}

class Canary {
  /** Must be nowhere. Filled as secrets come into being. */
  readonly planted = new Set<string>([NAME, ADDRESS, ...Object.values(TYPED)]);
  readonly driven = new Set<string>();

  constructor(readonly gateway: TestGateway) {
    const { projectId, secret } = gateway.emulator;
    this.plant(secret, Buffer.from(`${projectId}:${secret}`).toString("base64"));
  }

  /** A JWT's parts as well, but for the header, which is the same for all. */
  plant(...secrets: string[]): void {
    for (const secret of secrets) {
      this.planted.add(secret);
      for (const part of secret.split(".").slice(1)) this.planted.add(part);
    }
  }

  async person(memberId: string): Promise<Person> {
    const { emulator } = this.gateway;
    const member = emulator.state.requireMemberById(memberId);
    emulator.state.members.save({ ...member, name: NAME, email_address: ADDRESS });
    const { session_token, session_jwt, member_session_id } = await emulator.mintSession({ memberId });
    this.plant(session_token, session_jwt, member_session_id);
    return { memberId, headers: { "x-stytch-member-session": session_token } };
  }

  async service(scopes?: string[]): Promise<Record<string, string>> {
    const token = await this.gateway.emulator.mintM2mToken(scopes && { scopes });
    this.plant(token);
    return { authorization: `Bearer ${token}` };
  }

  /** One mutation; whatever it shows once is planted. Returns its payload, or `null`. */
  async mutate(headers: Record<string, string>, name: string, input: object, fields: string) {
    this.driven.add(name);
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const text = `mutation ($input: ${type}!) { result: ${name}(input: $input) { ${fields} userErrors { code } } }`;
    const answer = await post<{ result: Record<string, string | null> | null }>(this.gateway.url, headers, text, {
      input,
    });
    const payload = answer.data?.result ?? null;
    for (const field of ["clientSecret", "nextClientSecret"]) if (payload?.[field]) this.plant(payload[field]);
    for (const field of ["sealedClientSecret", "sealedNextClientSecret"]) {
      const sealed = payload?.[field];
      if (sealed) this.plant(Buffer.from((await compactDecrypt(sealed, sealing.privateKey)).plaintext).toString());
    }
    const code = new URL(payload?.redirectUri ?? "none:").searchParams.get("code");
    if (code) this.plant(code);
    return { payload, text: answer.text };
  }
}

const idIn = (text: string, prefix: string) => new RegExp(`${prefix}-[\\w-]+`).exec(text)?.[0] ?? `${prefix}-test-none`;

/** Every mutation that there is, by these callers. What does not work out for one of them is refused to it. */
async function driveMutations(canary: Canary, service: Record<string, string>, { headers, memberId }: Person) {
  const by = (name: string, input: object, fields: string, as = service) => canary.mutate(as, name, input, fields);
  const sealTo = await exportJWK(sealing.publicKey);
  const app = { clientType: "THIRD_PARTY", name: "Books", redirectUrls: ["https://a.example/cb"] };
  const created = await by("createClient", app, "clientSecret connectedApp { id }");
  const clientId = idIn(created.text, "connected-app");
  const key = { idempotencyKey: TYPED.idempotencyKey };
  const sealed = "sealedClientSecret connectedApp { id }";
  const second = await by("createClient", { ...app, ...key, description: TYPED.description, sealTo }, sealed);
  await by("createClient", { ...app, ...key, description: TYPED.description, sealTo }, sealed);
  const template = { accessTokenTemplateContent: TYPED.template };
  await by("updateClient", { clientId, description: TYPED.description, ...template }, "connectedApp { id }");
  const soon = { completeAfter: new Date(Date.now() + 3_600_000).toISOString() };
  await by("rotateSecret", { clientId, ...soon, idempotencyKey: `${TYPED.idempotencyKey}-2` }, "nextClientSecret");
  await by("rescheduleSecretRotation", { clientId }, "connectedApp { id }");
  await by("completeSecretRotation", { clientId }, "connectedApp { id }");
  await by("rotateSecret", { clientId, sealTo }, "sealedNextClientSecret");
  await by("cancelSecretRotation", { clientId }, "connectedApp { id }");
  const asked = {
    clientId,
    redirectUri: "https://a.example/cb",
    scopes: ["openid"],
    state: TYPED.state,
    nonce: TYPED.nonce,
    codeChallenge: TYPED.challenge,
    codeChallengeMethod: "S256",
  };
  for (const decision of ["DENY", "ALLOW", "left open"]) {
    const { text } = await by("startAuthorization", asked, "authorizationRequest { id }", headers);
    const input = { authorizationRequestId: idIn(text, "authorization-request"), decision };
    if (decision !== "left open") await by("submitConsent", input, "redirectUri", headers);
  }
  await by("revokeMemberApp", { memberId, connectedAppId: clientId }, "revokedConnectedAppId", headers);
  await by("revokeApp", { connectedAppId: LEDGER_EXPORT, organizationId: "northwind" }, "revokedCount");
  await by("revokeMemberApps", { memberId }, "revokedCount", headers);
  await by("saveListing", texts(INVOICE_SYNC), "listing { id }");
  await by("publishListing", { connectedAppId: INVOICE_SYNC }, "listing { id }");
  const policy = { organizationId: "northwind", thirdParty: { mode: "RESTRICTED", allowedAppIds: [] } };
  await by("updateConnectedAppPolicy", policy, "organization { id }");
  for (const end of ["withdrawAppRequest", "decideAppRequest"]) {
    const { text } = await by("requestApp", { connectedAppId: INVOICE_SYNC }, "appRequest { id }", headers);
    const input = { appRequestId: idIn(text, "app-request") };
    if (end === "withdrawAppRequest") await by(end, input, "appRequest { id }", headers);
    else await by(end, { ...input, decision: "APPROVE" }, "appRequest { id }");
  }
  await by("withdrawListing", { connectedAppId: INVOICE_SYNC }, "listing { id }");
  await by("updateConnectedAppPolicy", { ...policy, thirdParty: { mode: "ALL_ALLOWED" } }, "organization { id }");
  await by("deleteClient", { clientId: idIn(second.text, "connected-app") }, "deletedClientId");
}

/** The consent page and the page of one's own apps, to both ends. */
async function drivePages(canary: Canary, { headers }: Person): Promise<void> {
  const { gateway } = canary;
  const browser = new Browser(gateway.url);
  browser.cookies.set("stytch_session", headers["x-stytch-member-session"] ?? "");
  const { clientId, redirectUrl } = gateway.emulator.seeded.demoApp;
  const { state, nonce, challenge } = TYPED;
  const asked = { client_id: clientId, redirect_uri: redirectUrl, scope: "openid", prompt: "consent", state, nonce };
  const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
  for (const decision of ["deny", "allow"] as const) {
    const form = await openForm(browser, { ...asked, ...pkce }, decision);
    const answer = await browser.submit({ ...form });
    const code = new URL(answer.headers.get("location") ?? "none:").searchParams.get("code");
    canary.plant(form._csrf, ...(code ? [code] : []));
  }
  await browser.get(authorizePath({ ...asked, redirect_uri: `https://elsewhere.example/${ADDRESS}` }));
  const ask = await (await browser.get(`/account/apps/take-back?app=${clientId}`)).text();
  const [, csrf = ""] = /name="_csrf" value="([^"]+)"/.exec(ask) ?? [];
  await browser.post("/account/apps/take-back/submit", { _csrf: csrf, app: clientId });
  canary.plant(csrf, ...[...browser.cookies.values()].filter((value) => value.length > 20));
}

/** Who mixes things up: a secret, a name or an address where an id belongs. */
async function driveMistakes(canary: Canary, service: Record<string, string>, person: Person): Promise<void> {
  for (const wrong of [...canary.planted]) {
    for (const headers of [service, person.headers]) {
      const both = { memberId: wrong, organizationId: wrong };
      await canary.mutate(headers, "deleteClient", { clientId: wrong }, "deletedClientId");
      await canary.mutate(headers, "revokeMemberApp", { ...both, connectedAppId: wrong }, "revokedConnectedAppId");
      await canary.mutate(
        headers,
        "decideAppRequest",
        { appRequestId: wrong, decision: "DECLINE" },
        "appRequest { id }",
      );
      await canary.mutate(
        headers,
        "submitConsent",
        { authorizationRequestId: wrong, decision: "ALLOW" },
        "redirectUri",
      );
    }
  }
}

const FAULTS: Fault[] = [
  { kind: "status", status: 500 },
  { kind: "reset-after-effect" },
  { kind: "status", status: 403, errorType: "unauthorized_action", body: JSON.stringify({ error_message: ADDRESS }) },
];

describe.each(ENGINES)("the ledger on %s", (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(name);
  });
  afterAll(() => engine.stop());

  test("holds no secret, token, name or e-mail address, whatever was done, refused or failed", async () => {
    const databaseUrl = await engine.create();
    const gateway = await startTestGateway({
      config: { databaseUrl, upstreamTimeoutMs: 2000 },
      rateLimits: { viewer: 0, organization: 0, address: 0 },
    });
    const canary = new Canary(gateway);
    const { people } = gateway.emulator.seeded;
    const [member, operator] = [await canary.person(people.memberId), await canary.person(people.operatorId)];
    const [service, reader] = [await canary.service(), await canary.service(["read:marketplace"])];
    await driveMutations(canary, service, member);
    await driveMutations(canary, operator.headers, member);
    await drivePages(canary, member);
    const mutations = Object.keys(createSchema().getMutationType()?.getFields() ?? {});
    expect([...canary.driven].sort()).toEqual(mutations.sort());
    const whileDone = [...canary.planted];
    // Each of them shows its own secrets: two apps with one secret each, and two rotations, twice.
    expect(whileDone.length).toBeGreaterThan(25);
    await driveMutations(canary, member.headers, member);
    await driveMistakes(canary, reader, member);
    for (const fault of FAULTS) {
      gateway.emulator.faults.inject({ route: "*", fault, times: 1000 });
      await driveMutations(canary, service, member);
      gateway.emulator.faults.clear();
    }
    const running = await contentsOf(databaseUrl);
    await gateway.stop();
    const contents = Buffer.concat([running, await contentsOf(databaseUrl), Buffer.from(await exportOf(databaseUrl))]);
    // It looks where things are: ids are there.
    for (const id of [member.memberId, operator.memberId, LEDGER_EXPORT]) expect(contents.includes(id)).toBe(true);
    expect([...canary.planted].filter((secret) => contents.includes(secret))).toEqual([]);
  });

  test("loses what is erased from its files as well", async () => {
    const databaseUrl = await engine.create();
    const ledger = await openTestLedger(databaseUrl);
    const [gone, stays] = ["member-gone", "member-stays"];
    for (let i = 0; i < 200; i++) {
      const memberId = i % 2 ? gone : stays;
      const target = { organizationId: "organization-1", memberId, connectedAppId: `app-${i}` };
      const actor = { kind: "MEMBER", id: memberId } as const;
      const operation = await ledger.operations.begin({
        action: "AUTHORIZATION_GRANTED",
        actor,
        target,
        requestId: "r",
      });
      const effects = [ledger.grants.granted(target, ["openid"])];
      await ledger.operations.finish(operation, { outcome: "DONE", effects });
    }
    await ledger.stop();
    expect((await contentsOf(databaseUrl)).includes(gone)).toBe(true);
    const again = await openTestLedger(databaseUrl);
    expect(await erase(again.store, { memberId: gone })).toMatchObject({ events: 100, grants: 100 });
    await again.stop();
    const contents = await contentsOf(databaseUrl);
    expect([contents.includes(gone), contents.includes(stays)]).toEqual([false, true]);
  });
});
