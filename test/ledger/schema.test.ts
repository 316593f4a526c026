import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { compactDecrypt, exportJWK } from "jose";
import { callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
let callers: Awaited<ReturnType<typeof callersOf>>;
let now = Date.now();
beforeAll(async () => {
  gateway = await startTestGateway({ clock: () => new Date(now) });
  callers = await callersOf(gateway);
});
afterAll(() => gateway.stop());

const service = () => callers["service with every scope"];
const CREATE = `mutation ($input: CreateClientInput!) { createClient(input: $input) {
  connectedApp { id registration { secret { lastFour } } } clientSecret sealedClientSecret replayed userErrors { code field message } } }`;
const ROTATE = `mutation ($input: RotateSecretInput!) { rotateSecret(input: $input) {
  nextClientSecret sealedNextClientSecret replayed
  connectedApp { id registration { secret { createdAt rotationInProgress rotation { startedAt completeAfter startedBy { kind id } } } } }
  userErrors { code field message } } }`;

// biome-ignore format: one line each
interface Created { connectedApp: { id: string; registration: { secret: { lastFour: string } } } | null; clientSecret: string | null; sealedClientSecret: string | null; replayed: boolean | null; userErrors: { code: string; field: string[]; message: string }[] }
async function create(input: Record<string, unknown> = {}): Promise<Created> {
  const full = { clientType: "THIRD_PARTY", name: "App", redirectUrls: ["https://app.example/cb"], ...input };
  const { data, errors } = await post<{ createClient: Created }>(gateway.url, service(), CREATE, { input: full });
  expect(errors).toEqual([]);
  if (!data) throw new Error("No data.");
  return data.createClient;
}

test("a repeat under one key makes nothing again, calls nobody and shows no secret", async () => {
  const first = await create({ idempotencyKey: "order-1" });
  gateway.calls();
  const again = `mutation { createClient(input: { clientType: THIRD_PARTY, name: "App", redirectUrls: ["https://app.example/cb"], idempotencyKey: "order-1" }) { connectedApp { id } } }`;
  expect((await post(gateway.url, service(), again)).data).toMatchObject({
    createClient: { connectedApp: { id: first.connectedApp?.id } },
  });
  expect(gateway.calls()).toEqual([]);
  const second = await create({ idempotencyKey: "order-1" });
  expect(first).toMatchObject({ clientSecret: expect.any(String), replayed: false });
  expect(second).toMatchObject({
    connectedApp: first.connectedApp,
    clientSecret: null,
    replayed: true,
    userErrors: [],
  });
  const other = await create({ idempotencyKey: "order-1", name: "Another" });
  expect(other.userErrors).toMatchObject([{ code: "IDEMPOTENCY_KEY_REUSED", field: ["idempotencyKey"] }]);
  expect((await create({ idempotencyKey: "k".repeat(65) })).userErrors).toMatchObject([{ code: "INVALID" }]);
});

test.each([
  ["RSA", "rsa", { modulusLength: 2048 }],
  ["P-256", "ec", { namedCurve: "P-256" }],
  ["X25519", "x25519", {}],
])("a secret sealed to a key on %s can be opened with it, and is nowhere in plain", async (_, type, options) => {
  const { publicKey, privateKey } = await promisify(generateKeyPair)(
    type as "rsa",
    options as { modulusLength: number },
  );
  const sealTo = { ...(await exportJWK(publicKey)), kid: "key-1", key_ops: type === "rsa" ? ["wrapKey"] : [] };
  const { clientSecret, sealedClientSecret, connectedApp } = await create({ sealTo });
  expect(clientSecret).toBeNull();
  const { plaintext, protectedHeader } = await compactDecrypt(sealedClientSecret ?? "", privateKey);
  expect(protectedHeader).toMatchObject({ enc: "A256GCM", kid: "key-1" });
  expect(Buffer.from(plaintext).toString().slice(-4)).toBe(connectedApp?.registration.secret.lastFour);
});

test("a repeat whose app was deleted meanwhile says that it is a repeat, and shows no app", async () => {
  const { connectedApp } = await create({ idempotencyKey: "deleted" });
  const gone = `mutation { deleteClient(input: { clientId: "${connectedApp?.id}" }) { userErrors { code } } }`;
  expect((await post(gateway.url, service(), gone)).errors).toEqual([]);
  expect(await create({ idempotencyKey: "deleted" })).toMatchObject({
    connectedApp: null,
    replayed: true,
    userErrors: [],
  });
});

test("a repeat of what nobody can tell any more is not asked to come again in a minute", async () => {
  const { faults, state } = gateway.emulator;
  const input = { idempotencyKey: "untold", name: "Untold" };
  faults.inject({ route: "POST /v1/connected_apps/clients", times: 1, fault: { kind: "reset-after-effect" } });
  await expect(create(input)).rejects.toThrow();
  const message = async () => (await create(input)).userErrors.map(({ message: text }) => text).join();
  expect(await message()).toContain("Ask again in a minute");
  // Another of that name, made in the dashboard.
  const [made] = [...state.clients.values()].filter(({ client_name }) => client_name === "Untold");
  if (!made) throw new Error("It was done.");
  state.clients.set("connected-app-test-twin", { ...made, client_id: "connected-app-test-twin" });
  now += 120_000;
  const figures = async () => (await fetch(`${gateway.url}/metrics`)).text();
  for (const end = performance.now() + 20_000; !(await figures()).includes("gateway_ledger_open_operations 0\n"); ) {
    if (performance.now() > end) throw new Error("It was not settled.");
  }
  expect(await message()).toContain("nobody can tell");
});

test("a private or useless key is refused before anything is sent", async () => {
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const good = await exportJWK(publicKey);
  gateway.calls();
  for (const sealTo of [
    await exportJWK(privateKey),
    { kty: "oct", k: "AA" },
    { kty: "EC", crv: "P-256" },
    "no key",
    // With an exponent of 1 the ciphertext is the padded secret itself.
    { ...good, e: "AQ" },
    { ...good, e: "AAE" },
    { ...good, e: "" },
    { ...good, n: 5 },
    { ...good, use: "sig" },
    { ...good, key_ops: ["verify"] },
    { ...good, key_ops: "encrypt" },
    { ...good, kid: { name: "object" } },
    { ...good, kid: "k".repeat(3001) },
  ]) {
    expect((await create({ sealTo })).userErrors).toMatchObject([{ code: "INVALID", field: ["sealTo"] }]);
  }
  expect(gateway.calls()).toEqual([]);
});

test("a rotation with a clock: the gateway completes it once its time has come, and the log says who", async () => {
  const { connectedApp } = await create();
  const clientId = connectedApp?.id ?? "";
  const completeAfter = new Date(now + 3_600_000).toISOString();
  const started = await post(gateway.url, service(), ROTATE, { input: { clientId, completeAfter } });
  expect(started.data).toMatchObject({
    rotateSecret: {
      nextClientSecret: expect.any(String),
      connectedApp: {
        registration: {
          secret: { createdAt: expect.any(String), rotation: { completeAfter, startedBy: { kind: "SERVICE" } } },
        },
      },
    },
  });
  const wrong = await post(gateway.url, service(), ROTATE, {
    input: { clientId, completeAfter: new Date(now).toISOString() },
  });
  expect(wrong.text).toContain("at least 5 minutes");
  now += 3_700_000;
  const fresh = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  const log = () =>
    post(
      gateway.url,
      fresh,
      `{ auditLog(filter: { connectedAppId: "${clientId}" }) { nodes { action outcome actor { kind } position hash } } }`,
    );
  const completed = () => gateway.emulator.requests("POST /v1/connected_apps/clients/:client_id/secrets/rotate").length;
  const until = Date.now() + 25_000;
  while (completed() === 0 && Date.now() < until) await new Promise(setImmediate);
  let seen = await log();
  // The outcome is written a moment after Stytch has answered.
  for (let i = 0; i < 50 && !seen.text.includes("SECRET_ROTATION_COMPLETED"); i++) seen = await log();
  expect(seen.data).toMatchObject({
    auditLog: {
      nodes: [
        { action: "SECRET_ROTATION_COMPLETED", outcome: "DONE", actor: { kind: "GATEWAY" } },
        { action: "SECRET_ROTATION_STARTED", outcome: "DONE", actor: { kind: "SERVICE" } },
        { action: "CLIENT_CREATED", outcome: "DONE" },
      ],
    },
  });
  expect(completed()).toBe(1);
});

test("a policy's list of allowed apps is whole in the audit log, however long it may be", async () => {
  const ids = Array.from(
    { length: 1000 },
    (_, i) => `connected-app-test-00000000-0000-4000-8000-${String(i).padStart(12, "0")}`,
  );
  const organization = gateway.emulator.state.organizations.findBySlug("juniper-studio");
  const input = {
    organizationId: organization?.organization_id,
    thirdParty: { mode: "RESTRICTED", allowedAppIds: ids },
  };
  const update = `mutation ($input: UpdateConnectedAppPolicyInput!) { updateConnectedAppPolicy(input: $input) { userErrors { code } } }`;
  expect((await post(gateway.url, service(), update, { input })).errors).toEqual([]);
  const log = `query ($id: ID) { organization(id: $id) { auditLog(first: 1) { nodes { action outcome changes { field after } } } } }`;
  const { data } = await post<{ organization: { auditLog: { nodes: unknown[] } } }>(gateway.url, service(), log, {
    id: organization?.organization_id,
  });
  expect(data?.organization.auditLog.nodes).toEqual([
    {
      action: "CONNECTED_APP_POLICY_UPDATED",
      outcome: "DONE",
      changes: expect.arrayContaining([{ field: "allowed_third_party_connected_apps", after: ids.join(" ") }]),
    },
  ]);
});

test("a cursor of one Organization's events is refused where it would mean another place", async () => {
  for (const name of ["One", "Two"]) await create({ name });
  type Log = { auditLog: { nodes: { id: string }[]; pageInfo: { endCursor: string } } };
  const log = `query ($filter: AuditFilter, $after: String) { auditLog(first: 1, filter: $filter, after: $after) {
    nodes { id } pageInfo { endCursor } } }`;
  const read = (variables: Record<string, unknown>) => post<Log>(gateway.url, service(), log, variables);
  const organizationId = gateway.emulator.state.organizations.findBySlug("juniper-studio")?.organization_id;
  const own = (await read({ filter: { organizationId } })).data?.auditLog.pageInfo.endCursor;
  const every = (await read({})).data?.auditLog.pageInfo.endCursor;
  expect([own, every]).toEqual([expect.any(String), expect.any(String)]);
  for (const wrong of [
    { after: own },
    { after: every, filter: { organizationId } },
    { after: own, filter: { organizationId: gateway.emulator.operatorOrganizationId } },
  ]) {
    expect((await read(wrong)).errors).toMatchObject([{ extensions: { code: "BAD_USER_INPUT" } }]);
  }
  for (const right of [{ after: every }, { after: own, filter: { organizationId } }]) {
    expect((await read(right)).errors).toEqual([]);
  }
});

test("a repeat of a rotation is recognised although its time has come so near that it could not be set any more", async () => {
  const { connectedApp } = await create();
  const completeAfter = new Date(now + 6 * 60_000).toISOString();
  const rotate = async (idempotencyKey: string) => {
    const input = { clientId: connectedApp?.id, completeAfter, idempotencyKey };
    const { data } = await post<{ rotateSecret: { replayed: boolean | null; userErrors: object[] } }>(
      gateway.url,
      service(),
      ROTATE,
      { input },
    );
    return data?.rotateSecret;
  };
  expect(await rotate("rotation-1")).toMatchObject({ replayed: false, userErrors: [] });
  now += 2 * 60_000;
  expect(await rotate("rotation-1")).toMatchObject({ replayed: true, userErrors: [] });
  gateway.calls();
  const late = { userErrors: [{ code: "INVALID", field: ["completeAfter"] }] };
  expect(await rotate("rotation-2")).toMatchObject(late);
  expect(gateway.calls()).toEqual([]);
  // Wrong input is no refusal: nothing of it is written down.
  const log = `{ auditLog(filter: { connectedAppId: "${connectedApp?.id}" }) { nodes { action outcome } } }`;
  expect((await post(gateway.url, service(), log)).data).toEqual({
    auditLog: {
      nodes: [
        { action: "SECRET_ROTATION_STARTED", outcome: "DONE" },
        { action: "CLIENT_CREATED", outcome: "DONE" },
      ],
    },
  });
});

test("a Member who is refused by Stytch again and again gets 59 rows in a minute, however many are in one request", async () => {
  const { memberId, adminId } = gateway.emulator.seeded.people;
  const app = gateway.emulator.seeded.demoApp.clientId;
  const member = { authorization: `Bearer ${(await gateway.emulator.mintSession({ memberId })).session_jwt}` };
  const revoke = (whose: string) =>
    `revokeMemberApp(input: { memberId: "${whose}", connectedAppId: "${app}" }) { userErrors { code } }`;
  // Another's app, which Stytch forbids; and one's own that was never granted.
  for (const whose of [adminId, memberId]) {
    const aliases = Array.from({ length: 20 }, (_, i) => `a${i}: ${revoke(whose)}`).join(" ");
    for (let i = 0; i < 2; i++) expect((await post(gateway.url, member, `mutation { ${aliases} }`)).status).toBe(200);
  }
  const log = `query ($after: String) { auditLog(first: 100, after: $after, filter: { actorId: "${memberId}" }) { nodes { outcome code } } }`;
  const { data } = await post<{ auditLog: { nodes: { outcome: string }[] } }>(gateway.url, service(), log);
  const refused = data?.auditLog.nodes.filter(({ outcome }) => outcome === "REFUSED");
  expect(refused).toHaveLength(59);
});
