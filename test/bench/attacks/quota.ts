import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { memberIdOf } from "stytch-emulator";
import { all, type Row, times } from "./row";

const SEARCH = "POST /v1/b2b/organizations/members/search";
const VIEWER = "{ viewer { member { id } } }";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** As Stytch's, but for what signs it. */
function forgeries(claims: object, kind: number): string {
  const body = (header: object) => `${encode({ typ: "JWT", ...header })}.${encode({ ...claims, jti: Math.random() })}`;
  if (kind === 0) return `${body({ alg: "none" })}.`;
  if (kind === 1) {
    const text = body({ alg: "HS256", kid: "x" });
    return `${text}.${createHmac("sha256", "x").update(text).digest("base64url")}`;
  }
  const text = body({ alg: "RS256", kid: "unknown" });
  return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
}

export const QUOTA: readonly Row[] = [
  {
    number: 4,
    attack: "a Member without a role: 4 requests of 30 searches that are refused",
    async play(scene) {
      const target = await scene.start();
      const greedy = await scene.session(memberIdOf("northwind", 5));
      const aliases = times(30, (i) => `a${i}: members(first: 1, filter: { emailContains: "x${i}" }) { nodes { id } }`);
      scene.calls();
      for (let i = 0; i < 4; i++)
        await target.ask(`{ organization { ${aliases.join(" ").replaceAll('"x', `"${i}x`)} } }`, greedy);
      const searches = scene.calls().filter((call) => call === SEARCH).length;
      const { code = "OK" } = await target.ask(
        "{ organization { members(first: 1) { nodes { id } } } }",
        await scene.session(memberIdOf("bluefin", 0)),
      );
      return { held: code === "OK" && searches <= 10, figure: `${searches} searches sent; another tenant's: ${code}` };
    },
  },
  {
    number: 5,
    attack: "3,000 garbage tokens, forged JWTs, and a good token over its limit",
    async play(scene) {
      // Two addresses: tokens that name unknown keys wait for the key set, so that a minute passes before the garbage.
      const target = await scene.start({ TRUST_PROXY: "1" });
      const from = (address: string) => ({ "x-forwarded-for": address });
      const good = await scene.session(scene.emulator.seeded.people.memberId);
      scene.calls();
      /** Twenty at a time. */
      async function send(count: number, headersOf: (index: number) => Record<string, string>) {
        for (let done = 0; done < count; done += 20)
          await Promise.all(times(Math.min(20, count - done), (i) => target.ask(VIEWER, headersOf(done + i))));
        return scene.calls().length;
      }
      const within = await send(600, () => good);
      const over = await send(600, () => good);
      const { session_jwt } = await scene.emulator.mintSession({ memberId: memberIdOf("bluefin", 0) });
      const claims = JSON.parse(Buffer.from(session_jwt.split(".")[1] ?? "", "base64url").toString());
      const forged = await send(600, (i) => ({
        authorization: `Bearer ${forgeries(claims, i % 3)}`,
        ...from("203.0.113.1"),
      }));
      const garbage = await send(1200, (i) => ({
        "x-stytch-member-session": `garbage-${i}`,
        ...from("203.0.113.2"),
      }));
      return all([
        { held: within <= 600 && over === 0, figure: `over its limit: ${over} calls of 600` },
        { held: forged === 0, figure: `forged: ${forged} of 600` },
        { held: garbage <= 300, figure: `garbage: ${garbage} of 1200` },
      ]);
    },
  },
  {
    number: 13,
    attack: "ten faults of one tenant",
    async play(scene) {
      const target = await scene.start();
      const read = "{ viewer { member { authorizations { id } } } }";
      const [one, other] = [await scene.jwt(memberIdOf("northwind", 5)), await scene.jwt(memberIdOf("bluefin", 5))];
      const route = "GET /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps";
      scene.emulator.faults.inject({ route, fault: { kind: "status", status: 500 }, times: 30 });
      for (let i = 0; i < 10; i++) await target.ask(read, one);
      scene.emulator.faults.clear();
      const { code = "OK" } = await target.ask(read, other);
      return { held: code === "OK", figure: `another tenant's read: ${code}` };
    },
  },
  {
    number: 23,
    attack: "behind a proxy: one caller uses up the limit of all",
    async play(scene) {
      const target = await scene.start({ TRUST_PROXY: "1", RATE_LIMIT_ADDRESS: "300" });
      const from = (address: string) => ({ "x-forwarded-for": address });
      for (let i = 0; i < 70; i++) await Promise.all(times(20, () => target.ask("{ __typename }", from("192.0.2.1"))));
      const [same, other] = [
        await target.ask("{ __typename }", from("192.0.2.1")),
        await target.ask("{ __typename }", from("198.51.100.7")),
      ];
      const held = same.code === "RATE_LIMITED" && other.code === undefined;
      return { held, figure: `it: ${same.code ?? "OK"}; another address: ${other.code ?? "OK"}` };
    },
  },
];
