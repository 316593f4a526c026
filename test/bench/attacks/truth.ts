import { memberIdOf, seededId } from "stytch-emulator";
import { all, pause, type Row, type Scene, times, waitFor } from "./row";
import type { Target } from "./target";

/** What may be odd: the answers' lists, and fields of their records that we show. */
const ODD = [
  {
    route: "POST /v1/b2b/organizations/members/search",
    list: "members",
    fields: ["name", "email_address", "status", "roles", "created_at"],
  },
  {
    route: "POST /v1/b2b/organizations/search",
    list: "organizations",
    fields: ["organization_name", "organization_slug", "third_party_connected_apps_allowed_type", "created_at"],
  },
  {
    route: "GET /v1/b2b/organizations/:organization_id/connected_apps",
    list: "connected_apps",
    fields: ["name", "description", "client_type"],
  },
];
const APP = "GET /v1/b2b/organizations/:organization_id/connected_apps/:connected_app_id";
const ORGANIZATIONS = "{ organizations(first: 2) { nodes { id } } }";
const CREATE =
  'createClient(input: { clientType: THIRD_PARTY, name: "First", redirectUrls: ["https://app.example/cb"] })';
/** Forbidden to a service with `manage:clients` alone. */
const FORBIDDEN = `revokeMemberApp(input: { memberId: "${memberIdOf("northwind", 5)}", connectedAppId: "${seededId("connected-app", "Ledger Export")}" }) { __typename }`;

const idIn = (text: string): string => /"id":"([\w-]+)"/.exec(text)?.[1] ?? "";

/** What the emulator says to a request that the gateway has sent it. */
async function repeat({ emulator }: Scene, route: string): Promise<Record<string, unknown>> {
  const sent = emulator.requests(route)[0];
  if (!sent) throw new Error(`The gateway has not asked for ${route}.`);
  const { method, path, body, headers } = sent;
  const response = await fetch(emulator.url + path, {
    method,
    headers: { authorization: headers.authorization ?? "", "content-type": "application/json" },
    ...(method === "POST" && { body: JSON.stringify(body) }),
  });
  return Object(await response.json());
}

const auditOf = ({ logs }: Target) => logs.filter(({ msg }) => msg === "audit").map((line) => JSON.stringify(line));

export const TRUTH: readonly Row[] = [
  {
    number: 9,
    attack: "an operator whose session, or role, has ended",
    async play(scene) {
      const target = await scene.start();
      const { state, seeded, mintSession } = scene.emulator;
      const memberId = seeded.people.operatorId;
      const [ended, roleless] = [await mintSession({ memberId }), await mintSession({ memberId })];
      const session = state.sessions.get(ended.member_session_id);
      if (session) state.sessions.delete(session);
      const read = ({ session_jwt }: typeof ended) =>
        target.ask(ORGANIZATIONS, { authorization: `Bearer ${session_jwt}` });
      const first = await read(ended);
      state.members.save({ ...state.requireMemberById(memberId), roles: [] });
      const second = await read(roleless);
      const [one, other] = [first.code ?? "reads all", second.code ?? "reads all"];
      return { held: one !== "reads all" && other !== "reads all", figure: `session: ${one}; role: ${other}` };
    },
  },
  {
    number: 11,
    attack: "deeds that leave no true audit line: ids and userErrors left out, a second mutation",
    async play(scene) {
      const target = await scene.start();
      const service = await scene.service(["manage:clients"]);
      const made = idIn((await target.ask(`mutation { ${CREATE} { connectedApp { id } } }`, service)).text);
      const before = auditOf(target).length;
      await target.ask(`mutation { ${CREATE} { __typename } }`, service);
      await waitFor(() => auditOf(target).length > before, 2000);
      const named = auditOf(target)
        .slice(before)
        .some((line) => line.includes("connected-app-"));

      const unknown = made.replace(/.{4}$/, "0000");
      await target.ask(
        `mutation { updateClient(input: { clientId: "${unknown}", name: "x" }) { __typename } }`,
        service,
      );
      await pause(300);
      const refused = auditOf(target).filter((line) => line.includes(unknown));
      const honest = refused.length > 0 && !refused.some((line) => /"outcome":"(OK|DONE)"/.test(line));

      await target.ask(
        `mutation { gone: deleteClient(input: { clientId: "${made}" }) { __typename } ${FORBIDDEN} }`,
        service,
      );
      await pause(300);
      const isGone = scene.emulator.state.clients.get(made) === undefined;
      const deleted = auditOf(target).filter((line) => /delete/i.test(line) && line.includes(made));
      const kept = isGone && deleted.some((line) => /"outcome":"(OK|DONE)"/.test(line));
      return all([
        { held: named, figure: named ? "the new app is named" : "the new app is not named" },
        { held: honest, figure: honest ? "the refusal is one" : "a refusal is OK, or missing" },
        { held: kept, figure: kept ? "the deletion is there" : "the deletion is missing, or failed" },
      ]);
    },
  },
  {
    number: 12,
    attack: "two mutations in one document, and the second fails",
    async play(scene) {
      const target = await scene.start();
      const { data } = await target.ask(
        `mutation { ${CREATE} { clientSecret } ${FORBIDDEN} }`,
        await scene.service(["manage:clients"]),
      );
      const held = data?.createClient != null;
      return { held, figure: held ? "the first one's secret arrived" : "the first one's secret is lost" };
    },
  },
  {
    number: 17,
    attack: "connectedApp(id) of an app that nobody in one's Organization uses",
    async play(scene) {
      const target = await scene.start();
      const id = idIn((await target.ask(`mutation { ${CREATE} { connectedApp { id } } }`, await scene.service())).text);
      const member = await scene.jwt(scene.emulator.seeded.people.memberId);
      // Not published: Stytch may answer with the app, and nobody in it.
      const app = { connected_app_id: id, name: "First", description: "", client_type: "third_party", logo_url: null };
      const body = JSON.stringify({ status_code: 200, request_id: "r", ...app, active_members: [] });
      scene.emulator.faults.inject({ route: APP, fault: { kind: "body", body } });
      const { data } = await target.ask(`{ connectedApp(id: "${id}") { id name } }`, member);
      const held = data !== null && data.connectedApp === null;
      return { held, figure: held ? "null" : JSON.stringify(data) };
    },
  },
  {
    number: 18,
    attack: "one odd or missing field upstream",
    emulator: { searchesPerMinute: 0 },
    async play(scene) {
      const target = await scene.start({ UPSTREAM_SEARCHES_PER_MINUTE: "0", DIRECTORY_MAX_AGE_SECONDS: "0" });
      const service = await scene.service();
      const query = `{ viewer { isOperator } organizations(first: 1) { nodes { id name slug createdAt connectedAppPolicy { thirdParty { mode } } members(first: 2) {
        nodes { id name emailAddress roles status createdAt } } connectedApps { id name description clientType } } } }`;
      let [empty, tries] = [0, 0];
      await target.ask(query, service);
      const genuine = await Promise.all(ODD.map(async (odd) => ({ ...odd, answer: await repeat(scene, odd.route) })));
      for (const { route, list, fields, answer } of genuine) {
        const [record] = [answer[list]].flat();
        const records = fields.flatMap((field) => [null, 7].map((odd) => [{ ...Object(record), [field]: odd }]));
        for (const value of [...records, [null, record], null, undefined]) {
          const body = JSON.stringify({ ...answer, [list]: value });
          scene.emulator.faults.inject({ route, fault: { kind: "body", body } });
          tries += 1;
          if ((await target.ask(query, service)).data === null) empty += 1;
          scene.emulator.faults.clear();
        }
      }
      return { held: empty === 0, figure: `the whole answer is void in ${empty} of ${tries} tries` };
    },
  },
  {
    number: 24,
    attack: "a signing key is rotated",
    async play(scene) {
      const target = await scene.start();
      const ask = async () => target.ask(ORGANIZATIONS, await scene.service());
      await ask();
      await scene.emulator.rotateKeys();
      const started = performance.now();
      const statuses = times(0, () => 0);
      await waitFor(async () => {
        statuses.push((await ask()).status);
        return statuses.at(-1) === 200 || performance.now() - started > 10_000;
      }, 12_000);
      const took = Math.round(performance.now() - started);
      const isBack = statuses.at(-1) === 200;
      return { held: isBack && took < 3000, figure: isBack ? `401 for ${took} ms` : "401 for 10 s and more" };
    },
  },
];
