import { setTimeout as sleep } from "node:timers/promises";
import { texts } from "../marketplace/shelf";
import { Browser, type Form, openForm } from "../oauth/setup";
import { codeOf, post } from "../support/post";
import { openTestLedger, verify } from "./ledger";
import { type Stage, stopShared, TROUBLES } from "./troubles";

afterAll(stopShared);

/** A write waits 2 s for its database, and this machine is busy. */
const WRITE_MS = 6000;
const RECOVERY_MS = 20_000;
const CREATE = "POST /v1/connected_apps/clients";
const READS = /^GET |\/search$|sessions\/authenticate$|authorize\/start$|oauth2\/introspect$/;

async function signIn({ url, emulator }: Stage) {
  const { adminId, memberId } = emulator.seeded.people;
  const session = async (id: string) => (await emulator.mintSession({ memberId: id })).session_jwt;
  const browser = new Browser(url);
  browser.cookies.set("stytch_session_jwt", await session(memberId));
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  return {
    service: bearer(await emulator.mintM2mToken()),
    admin: bearer(await session(adminId)),
    member: bearer(await session(memberId)),
    browser,
  };
}
type People = Awaited<ReturnType<typeof signIn>>;

const create = (name: string) => `mutation { createClient(input: { clientType: THIRD_PARTY, name: "${name}",
  redirectUrls: ["https://a.example/cb"] }) { clientSecret connectedApp { id } userErrors { code } } }`;
const asked = (stage: Stage) => {
  const { clientId, redirectUrl } = stage.emulator.seeded.demoApp;
  return { client_id: clientId, redirect_uri: redirectUrl, scope: "openid", prompt: "consent", state: "s" };
};

const literal = (fields: object): string =>
  `{ ${Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(" ")} }`;

/** Every kind of write; each is refused, and in time. */
async function checkWrites({ url, emulator }: Stage, { service, admin, member }: People, pending: string) {
  const { demoApp, people } = emulator.seeded;
  const app = demoApp.clientId;
  const save = `mutation { saveListing(input: ${literal(texts(app))}) { userErrors { code } } }`;
  const writes: [Record<string, string>, string][] = [
    [service, create("Refused")],
    [service, `mutation { updateClient(input: { clientId: "${app}", name: "Refused" }) { userErrors { code } } }`],
    [service, `mutation { rotateSecret(input: { clientId: "${app}", idempotencyKey: "k" }) { userErrors { code } } }`],
    [service, `mutation { deleteClient(input: { clientId: "${app}" }) { userErrors { code } } }`],
    [service, save],
    [
      admin,
      "mutation { updateConnectedAppPolicy(input: { thirdParty: { mode: NOT_ALLOWED } }) { userErrors { code } } }",
    ],
    [admin, `mutation { revokeApp(input: { connectedAppId: "${app}" }) { userErrors { code } } }`],
    [
      member,
      `mutation { revokeMemberApp(input: { memberId: "${people.memberId}", connectedAppId: "${app}" }) { userErrors { code } } }`,
    ],
    [
      member,
      `mutation { submitConsent(input: { authorizationRequestId: "${pending}", decision: ALLOW }) { granted userErrors { code } } }`,
    ],
  ];
  const started = performance.now();
  const answers = await Promise.all(writes.map(([headers, text]) => post(url, headers, text)));
  expect(performance.now() - started).toBeLessThan(WRITE_MS);
  expect(answers.map(codeOf)).toEqual(writes.map(() => "LEDGER_UNAVAILABLE"));
}

/** Data of Stytch is all there; what the ledger knows is null, each with its own error, unless it can be read. */
async function checkReads({ url, emulator }: Stage, { admin, service }: People, readable: boolean) {
  const ofAdmin = `{ organization { name members(first: 2) { nodes { id authorizations { scopes grantedAt } } }
    auditLog(first: 1) { nodes { id } } auditHead { position } } }`;
  const ofService = `{ connectedApp(id: "${emulator.seeded.demoApp.clientId}") { name registration { secret {
    lastFour createdAt rotation { startedAt } } } } }`;
  const [tenant, app] = await Promise.all([post(url, admin, ofAdmin), post(url, service, ofService)]);
  expect(tenant.data).toMatchObject({
    organization: {
      name: "Northwind Traders",
      members: { nodes: [{ authorizations: expect.anything() }, { authorizations: expect.anything() }] },
    },
  });
  expect(app.data).toMatchObject({ connectedApp: { registration: { secret: { lastFour: expect.any(String) } } } });
  const errors = [...tenant.errors, ...app.errors];
  expect(errors.filter(({ extensions }) => extensions.code !== "LEDGER_UNAVAILABLE")).toEqual([]);
  const fields = [...new Set(errors.map(({ path }) => path?.at(-1)))].sort();
  // Two fields of one query may share a read, but not their errors.
  const all = ["auditHead", "auditLog", "grantedAt"];
  if (readable) expect(fields).toEqual([]);
  else expect(fields).toEqual(expect.arrayContaining(all));
  const { organization } = tenant.data as { organization: { auditLog: unknown } };
  expect(organization.auditLog === null).toBe(!readable);
}

/** Nothing is granted, and the pages say so; the list of one's own apps is shown all the same. */
async function checkPages(stage: Stage, { browser }: People, form: Form) {
  const [opened, submitted, apps] = await Promise.all([
    browser.get(`/oauth/authorize?${new URLSearchParams(asked(stage))}`),
    browser.submit({ ...form }),
    browser.get("/account/apps"),
  ]);
  expect([opened.status, submitted.status, apps.status]).toEqual([503, 503, 200]);
  for (const page of [opened, submitted]) expect(await page.text()).toMatch(/Nothing (more )?was granted\./);
  expect(await apps.text()).toContain("Ledger Export");
}

async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const until = performance.now() + RECOVERY_MS;
  while (performance.now() < until) {
    const found = await look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`Not within ${RECOVERY_MS} ms: ${what}`);
}

test.concurrent.each(TROUBLES)(
  "$name: writes are refused and nothing is sent, Stytch is read, and it recovers by itself",
  async ({ open, readable }) => {
    const stage = await open();
    const { url, emulator } = stage;
    let inTrouble = false;
    try {
      const people = await signIn(stage);
      const form = await openForm(people.browser, asked(stage));
      const { client_id, redirect_uri } = asked(stage);
      const start = `mutation { startAuthorization(input: { clientId: "${client_id}", redirectUri: "${redirect_uri}",
        scopes: ["openid"] }) { authorizationRequest { id } } }`;
      const [pending = ""] = /authorization-request-[\w-]+/.exec((await post(url, people.member, start)).text) ?? [];
      expect(codeOf(await post(url, people.service, create("Before")))).toBeUndefined();

      // Under way when it begins: the intent is written, and the outcome cannot be.
      emulator.faults.inject({ route: CREATE, fault: { kind: "delay", ms: 700 } });
      emulator.clearRequests();
      const underWay = post(url, people.service, create("Under way"));
      await eventually("the call is sent", async () => emulator.requests(CREATE).length > 0);
      await stage.begin();
      inTrouble = true;
      const made = await underWay;
      expect(made.data).toMatchObject({ createClient: { clientSecret: expect.any(String), userErrors: [] } });
      const [madeId = ""] = /connected-app-test-[\w-]+/.exec(made.text) ?? [];

      emulator.clearRequests();
      await Promise.all([
        checkWrites(stage, people, pending),
        checkReads(stage, people, readable),
        checkPages(stage, people, form),
      ]);
      const sent = emulator.requests().map(({ method, path }) => `${method} ${path}`);
      expect(sent.filter((call) => !READS.test(call))).toEqual([]);
      expect(stage.log()).toContain("An outcome could not be recorded");
      expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^gateway_ledger_failures_total [1-9]/m);

      await stage.end();
      inTrouble = false;
      await eventually("writes", async () => codeOf(await post(url, people.service, create("After"))) === undefined);
      const submitted = await people.browser.submit({ ...form });
      expect(submitted.headers.get("location")).toMatch(/[?&]code=/);
      const log = `{ auditLog(first: 100) { nodes { action outcome code connectedAppId } } }`;
      type Log = { auditLog: { nodes: { action: string; outcome: string; code: string; connectedAppId: string }[] } };
      const read = async () => (await post<Log>(url, people.service, log)).data?.auditLog.nodes ?? [];
      await eventually("the outcome", async () =>
        (await read()).some(({ connectedAppId }) => connectedAppId === madeId),
      );
      const events = await read();
      const count = (wanted: string) =>
        events.filter(({ action, outcome }) => `${action} ${outcome}` === wanted).length;
      expect(["CLIENT_CREATED DONE", "AUTHORIZATION_GRANTED DONE"].map(count)).toEqual([3, 1]);
      // An intent that was written after its caller had been told that nothing is sent says so.
      const others = events.filter(({ outcome }) => outcome !== "DONE");
      expect(others.filter(({ outcome, code }) => outcome !== "FAILED" || code !== "LEDGER_UNAVAILABLE")).toEqual([]);
      const ledger = await openTestLedger(stage.databaseUrl);
      expect((await verify(ledger)).breaks).toEqual([]);
      await ledger.stop();
    } finally {
      if (inTrouble) await stage.end();
      await stage.stop();
    }
  },
  90_000,
);
