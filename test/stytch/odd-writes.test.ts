import { startTestGateway, type TestGateway } from "../support/gateway";
import { askStytch, askWhile, type Headers, type Json } from "../support/odd-answer";
import { post } from "../support/post";

let gateway: TestGateway;
let service: Headers;
let member: Headers;
let ids: { organization: string; member: string; app: string };
beforeAll(async () => {
  gateway = await startTestGateway();
  const { emulator } = gateway;
  const { people, demoApp } = emulator.seeded;
  const { session_jwt } = await emulator.mintSession({ memberId: people.memberId });
  service = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
  member = { authorization: `Bearer ${session_jwt}` };
  const organization = emulator.state.organizations.findBySlug("northwind")?.organization_id ?? "";
  ids = { organization, member: people.memberId, app: demoApp.clientId };
});
afterEach(() => gateway.emulator.faults.clear());
afterAll(() => gateway.stop());

const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const AUTHORIZE = "POST /v1/b2b/idp/oauth/authorize";
const CREATE = "POST /v1/connected_apps/clients";
const CLIENT = "/v1/connected_apps/clients/:client_id";

describe("a write that Stytch answers with 200 and nothing to show", () => {
  const nothing = { status_code: 200, request_id: "request-id-odd" };
  const auditLines = () => gateway.logs.filter(({ msg }) => msg === "audit");
  const app = () => `clientId: "${ids.app}"`;
  const record = async () =>
    (await askStytch(gateway, "GET", `/v1/connected_apps/clients/${ids.app}`)).connected_app as Json;
  const without = ({ client_id: _, ...rest }: Json) => rest;

  const createClient =
    'createClient(input: { clientType: THIRD_PARTY, name: "Odd" }) { clientSecret connectedApp { id } }';
  const WRITES: [string, string, () => Promise<Json>, () => string, string, RegExp][] = [
    [
      "no new app",
      CREATE,
      async () => ({ ...nothing, connected_app: null }),
      () => createClient,
      "CLIENT_CREATED",
      /connectedApps/,
    ],
    [
      "a new app without an id",
      CREATE,
      async () => ({ ...nothing, connected_app: without(await record()) }),
      () => createClient,
      "CLIENT_CREATED",
      /secret is lost/,
    ],
    [
      "a new app without its secret",
      CREATE,
      async () => ({ ...nothing, connected_app: await record() }),
      () => createClient,
      "CLIENT_CREATED",
      /secret is lost/,
    ],
    [
      "no changed app",
      `PUT ${CLIENT}`,
      async () => nothing,
      () => `updateClient(input: { ${app()}, description: "x" }) { connectedApp { id } }`,
      "CLIENT_UPDATED",
      /Read the object/,
    ],
    [
      "no rotated app",
      `POST ${CLIENT}/secrets/rotate/start`,
      async () => nothing,
      () => `rotateSecret(input: { ${app()} }) { nextClientSecret }`,
      "SECRET_ROTATION_STARTED",
      /nextLastFour/,
    ],
    [
      "a rotated app without its secret",
      `POST ${CLIENT}/secrets/rotate/start`,
      async () => ({ ...nothing, connected_app: await record() }),
      () => `rotateSecret(input: { ${app()} }) { nextClientSecret }`,
      "SECRET_ROTATION_STARTED",
      /secret is lost/,
    ],
    [
      "no completed rotation",
      `POST ${CLIENT}/secrets/rotate`,
      async () => nothing,
      () => `completeSecretRotation(input: { ${app()} }) { connectedApp { id } }`,
      "SECRET_ROTATION_COMPLETED",
      /rotationInProgress/,
    ],
    [
      "no cancelled rotation",
      `POST ${CLIENT}/secrets/rotate/cancel`,
      async () => nothing,
      () => `cancelSecretRotation(input: { ${app()} }) { connectedApp { id } }`,
      "SECRET_ROTATION_CANCELLED",
      /rotationInProgress/,
    ],
    [
      "no changed Organization",
      `PUT ${ORGANIZATION}`,
      async () => nothing,
      () =>
        `updateConnectedAppPolicy(input: { organizationId: "${ids.organization}", thirdParty: { mode: ALL_ALLOWED } }) { organization { id } }`,
      "CONNECTED_APP_POLICY_UPDATED",
      /Read the object/,
    ],
  ];

  test.each(WRITES)(
    "%s: nobody knows whether it was done, and both the answer and the audit log say so",
    async (_, route, body, mutation, action, advice) => {
      const before = auditLines().length;
      const { data, errors } = await askWhile(gateway, route, await body(), service, `mutation { ${mutation()} }`);
      expect(Object.values(data ?? {})).toEqual([null]);
      expect(errors).toMatchObject([
        { message: expect.stringMatching(advice), extensions: { code: "UPSTREAM_UNAVAILABLE", outcome: "UNKNOWN" } },
      ]);
      expect(auditLines().slice(before)).toMatchObject([{ action, outcome: "UNKNOWN" }]);
    },
  );

  test("an app without a secret of its own is made all the same", async () => {
    const body = { ...nothing, connected_app: { ...(await record()), client_type: "third_party_public" } };
    const mutation =
      'mutation { createClient(input: { clientType: THIRD_PARTY_PUBLIC, name: "Odd" }) { clientSecret connectedApp { id } } }';
    const { data, errors } = await askWhile(gateway, CREATE, body, service, mutation);
    expect([errors, data]).toEqual([[], { createClient: { clientSecret: null, connectedApp: { id: ids.app } } }]);
  });

  test("deleting and revoking need nothing of the answer", async () => {
    const remove = `mutation { deleteClient(input: { ${app()} }) { deletedClientId } }`;
    expect(await askWhile(gateway, `DELETE ${CLIENT}`, { status_code: 200 }, service, remove)).toMatchObject({
      errors: [],
      data: { deleteClient: { deletedClientId: ids.app } },
    });
    const revoke = `mutation { revokeMemberApp(input: { memberId: "${ids.member}", connectedAppId: "${ids.app}" }) { revokedConnectedAppId } }`;
    const route = `POST ${ORGANIZATION}/members/:member_id/connected_apps/:connected_app_id/revoke`;
    expect(await askWhile(gateway, route, { status_code: 200 }, member, revoke)).toMatchObject({
      errors: [],
      data: { revokeMemberApp: { revokedConnectedAppId: ids.app } },
    });
    expect(auditLines().slice(-2)).toMatchObject([{ outcome: "DONE" }, { outcome: "DONE", stytchRequestIds: [] }]);
  });

  test.each([{}, { redirect_uri: "" }, { authorization_code: { odd: true }, redirect_uri: "https://app.example/cb" }])(
    "a grant that is answered with %j may have been given",
    async (answer) => {
      const input = `input: { clientId: "${ids.app}", redirectUri: "${gateway.emulator.seeded.demoApp.redirectUrl}", prompt: "consent"
        scopes: ["openid"], codeChallenge: "${"c".repeat(43)}", codeChallengeMethod: "S256" }`;
      const query = `mutation { startAuthorization(${input}) { authorizationRequest { id } userErrors { message } } }`;
      type Started = { startAuthorization: { authorizationRequest: { id: string } } };
      const started = await post<Started>(gateway.url, member, query);
      const id = started.data?.startAuthorization.authorizationRequest.id;
      const submit = `mutation { submitConsent(input: { authorizationRequestId: "${id}", decision: ALLOW }) { granted } }`;
      const { data, errors } = await askWhile(gateway, AUTHORIZE, { ...nothing, ...answer }, member, submit);
      expect(data).toEqual({ submitConsent: null });
      expect(errors).toMatchObject([{ extensions: { code: "UPSTREAM_UNAVAILABLE", outcome: "UNKNOWN" } }]);
      expect(auditLines().at(-1)).toMatchObject({ action: "AUTHORIZATION_GRANTED", outcome: "UNKNOWN" });
    },
  );
});
