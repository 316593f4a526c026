import { memberIdOf, seededId } from "stytch-emulator";
import { all, pause, type Row, times, waitFor } from "./row";
import type { Target } from "./target";

const SEARCH = "POST /v1/b2b/organizations/members/search";
const ORGANIZATIONS = "{ organizations(first: 2) { nodes { id } } }";
const CREATE =
  'createClient(input: { clientType: THIRD_PARTY, name: "First", redirectUrls: ["https://app.example/cb"] })';
/** Forbidden to a service with `manage:clients` alone. */
const FORBIDDEN = `revokeMemberApp(input: { memberId: "${memberIdOf("northwind", 5)}", connectedAppId: "${seededId("connected-app", "Ledger Export")}" }) { __typename }`;

const idIn = (text: string): string => /"id":"([\w-]+)"/.exec(text)?.[1] ?? "";

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
      const organization_id = seededId("organization", "northwind");
      const query = `{ viewer { isOperator } organization(id: "${organization_id}") { members { nodes { id name roles status createdAt } } } }`;
      const good = {
        member_id: "member-test-1",
        organization_id,
        email_address: "a@b.example",
        name: "A",
        status: "active",
        roles: [],
      };
      const odd: unknown[] = [
        { name: null },
        { name: 7 },
        { created_at: "yesterday" },
        { roles: "admin" },
        { roles: [null] },
        { status: {} },
      ];
      const lists: unknown[] = [...odd.map((field) => [{ ...good, ...Object(field) }]), [null, good], undefined];
      let empty = 0;
      for (const members of lists) {
        const body = JSON.stringify({
          status_code: 200,
          request_id: "r",
          members,
          organizations: {},
          results_metadata: { total: 1 },
        });
        scene.emulator.faults.inject({ route: SEARCH, fault: { kind: "body", body } });
        if ((await target.ask(query, service)).data === null) empty += 1;
        scene.emulator.faults.clear();
      }
      return { held: empty === 0, figure: `the whole answer is void in ${empty} of ${lists.length} tries` };
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
