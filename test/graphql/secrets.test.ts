import {
  CancelSecretRotationDocument,
  CompleteSecretRotationDocument,
  CreateClientDocument,
  RotateSecretDocument,
} from "../generated/graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
let client: Awaited<ReturnType<TestGateway["asService"]>>;
let headers: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = await gateway.asService();
  headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
});
afterAll(() => gateway.stop());

async function create(clientType: "THIRD_PARTY" | "THIRD_PARTY_PUBLIC") {
  const { createClient } = await client.request(CreateClientDocument, { input: { clientType, name: "Rotating" } });
  return { clientId: createClient?.connectedApp?.id ?? "", secret: createClient?.clientSecret };
}
const rotate = async (clientId: string) =>
  (await client.request(RotateSecretDocument, { input: { clientId } })).rotateSecret;
const complete = async (clientId: string) =>
  (await client.request(CompleteSecretRotationDocument, { input: { clientId } })).completeSecretRotation;
const cancel = async (clientId: string) =>
  (await client.request(CancelSecretRotationDocument, { input: { clientId } })).cancelSecretRotation;

const secretOf = (payload: Awaited<ReturnType<typeof rotate | typeof complete>>) =>
  payload?.connectedApp?.registration?.secret;

/** Whether the app can authenticate with this secret, at the endpoint that apps use. */
async function works(clientId: string, secret: string | null | undefined): Promise<boolean> {
  const { url, projectId } = gateway.emulator;
  const response = await fetch(`${url}/v1/public/${projectId}/oauth2/introspect`, {
    method: "POST",
    body: new URLSearchParams({ client_id: clientId, client_secret: secret ?? "", token: "unknown" }),
  });
  return response.ok;
}

test.each([
  ["updateClient", 'name: "New"', "CLIENT_UPDATED"],
  ["deleteClient", "", "CLIENT_DELETED"],
  ["rotateSecret", "", "SECRET_ROTATION_STARTED"],
  ["completeSecretRotation", "", "SECRET_ROTATION_COMPLETED"],
  ["cancelSecretRotation", "", "SECRET_ROTATION_CANCELLED"],
  ["rescheduleSecretRotation", "completeAfter: null", "SECRET_ROTATION_RESCHEDULED"],
])(
  "%s of what is no app is refused and written down, whether its id could be one or not",
  async (field, rest, action) => {
    gateway.calls();
    const unknown = "connected-app-test-00000000-0000-4000-8000-000000000000";
    for (const clientId of ["nope", unknown]) {
      const input = `clientId: "${clientId}" ${rest}`;
      const { data } = await post(
        gateway.url,
        headers,
        `mutation { ${field}(input: { ${input} }) { userErrors { code field } } }`,
      );
      expect(data).toEqual({ [field]: { userErrors: [{ code: "NOT_FOUND", field: ["clientId"] }] } });
    }
    const known = { action, outcome: "REFUSED", code: "NOT_FOUND" };
    const log = `{ auditLog(first: 2, filter: { actions: [${action}] }) { nodes { action outcome code connectedAppId } } }`;
    const { data } = await post(gateway.url, headers, log);
    expect(data).toEqual({
      auditLog: {
        nodes: [
          { ...known, connectedAppId: unknown },
          { ...known, connectedAppId: null },
        ],
      },
    });
    expect(gateway.calls()).toHaveLength(1);
    const lines = gateway.logs.filter((line) => line.msg === "audit" && line.action === action);
    expect(lines.slice(-2)).toMatchObject([known, { ...known, connectedAppId: unknown }]);
    expect(JSON.stringify(lines)).not.toContain("nope");
  },
);

test("a secret is shown once, never stored on the way, never logged", async () => {
  const query = `mutation { createClient(input: { clientType: THIRD_PARTY, name: "Once" }) {
    clientSecret connectedApp { id registration { secret { lastFour nextLastFour rotationInProgress } } } } }`;
  type Created = { createClient: { clientSecret: string; connectedApp: { id: string } } };
  const answer = await post<Created>(gateway.url, headers, query);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const { clientSecret, connectedApp } = answer.data?.createClient ?? {};
  if (!clientSecret || !connectedApp) throw new Error("Nothing was created.");
  expect(clientSecret.length).toBeGreaterThan(30);
  expect(answer.text.split(clientSecret)).toHaveLength(2);
  expect(connectedApp).toMatchObject({
    registration: { secret: { lastFour: clientSecret.slice(-4), nextLastFour: null, rotationInProgress: false } },
  });

  const reads = `query ($id: ID!) { connectedApp(id: $id) { name registration { status secret { lastFour } } }
    connectedApps { nodes { id registration { status } } } }`;
  const read = await post(gateway.url, headers, reads, { id: connectedApp.id });
  expect(read.errors).toEqual([]);
  expect(read.text).not.toContain(clientSecret);
  expect(JSON.stringify(gateway.logs)).not.toContain(clientSecret);
});

test("public clients have none", async () => {
  const { clientId, secret } = await create("THIRD_PARTY_PUBLIC");
  expect(secret).toBeNull();
  for (const step of [rotate, complete, cancel]) {
    expect((await step(clientId))?.userErrors).toMatchObject([{ code: "CLIENT_HAS_NO_SECRET", field: ["clientId"] }]);
  }
});

test("a rotation that is completed: both secrets work, then the new one only", async () => {
  const { clientId, secret } = await create("THIRD_PARTY");
  const started = await rotate(clientId);
  const nextClientSecret = started?.nextClientSecret;
  expect(secretOf(started)).toEqual({
    lastFour: secret?.slice(-4),
    nextLastFour: nextClientSecret?.slice(-4),
    rotationInProgress: true,
  });
  expect([await works(clientId, secret), await works(clientId, nextClientSecret)]).toEqual([true, true]);

  const again = await rotate(clientId);
  expect(again).toMatchObject({ nextClientSecret: null, connectedApp: null });
  expect(again?.userErrors).toMatchObject([{ code: "ROTATION_IN_PROGRESS", field: ["clientId"] }]);

  expect(secretOf(await complete(clientId))).toEqual({
    lastFour: nextClientSecret?.slice(-4),
    nextLastFour: null,
    rotationInProgress: false,
  });
  expect([await works(clientId, secret), await works(clientId, nextClientSecret)]).toEqual([false, true]);
  expect(JSON.stringify(gateway.logs)).not.toContain(nextClientSecret);
});

test("a rotation that is cancelled: the old secret stays", async () => {
  const { clientId, secret } = await create("THIRD_PARTY");
  const { nextClientSecret } = (await rotate(clientId)) ?? {};
  expect(secretOf(await cancel(clientId))).toEqual({
    lastFour: secret?.slice(-4),
    nextLastFour: null,
    rotationInProgress: false,
  });
  expect([await works(clientId, secret), await works(clientId, nextClientSecret)]).toEqual([true, false]);
});

test("without a rotation there is nothing to end", async () => {
  const { clientId } = await create("THIRD_PARTY");
  for (const step of [complete, cancel]) {
    expect((await step(clientId))?.userErrors).toMatchObject([{ code: "ROTATION_NOT_STARTED", field: ["clientId"] }]);
  }
});

test("a secret whose answer was lost shows up in no error and no log", async () => {
  const { clientId } = await create("THIRD_PARTY");
  const route = "POST /v1/connected_apps/clients/:client_id/secrets/rotate/start";
  const body = JSON.stringify({ connected_app: { next_client_secret: "lost-secret" } }).slice(0, -1);
  gateway.emulator.faults.inject({ route, fault: { kind: "body", body, status: 502 } });
  const query = "mutation ($input: RotateSecretInput!) { rotateSecret(input: $input) { nextClientSecret } }";
  const answer = await post(gateway.url, headers, query, { input: { clientId } });
  expect(answer.errors[0]?.extensions.code).toBe("UPSTREAM_UNAVAILABLE");
  expect(answer.text).not.toContain("lost-secret");
  expect(JSON.stringify(gateway.logs)).not.toContain("lost-secret");
});
