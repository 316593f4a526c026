import { type EmulatorOptions, memberIdOf, seededId } from "stytch-emulator";
import { bodyOf, HOSTILE } from "../../bounds/hostile-texts";
import { all, type Bounds, pause, type Row, startPulse, strain, times, waitFor } from "./row";
import type { Body } from "./target";

const hostile = (name: string): Body => {
  const text = HOSTILE[name];
  if (!text) throw new Error(`There is no text of this name: ${name}`);
  return { raw: bodyOf(text) };
};

/** A process that has just started, on a machine that may have other work: generous beside what failed. */
const OF_A_TEXT: Bounds = { cpuMs: 500, pulseMs: 500, grownMb: 100 };
const OF_AN_ANSWER: Bounds = { cpuMs: 2500, pulseMs: 600, grownMb: 450 };

const SLUG = "customer-0001";
const LARGE: EmulatorOptions = {
  seed: { organizations: 1, members: 398, apps: 50, authorizationsPerMember: 50 },
  searchesPerMinute: 0,
};
const levels = (count: number): string =>
  times(count, () => "organization { members(first: 100) { nodes {")
    .join(" ")
    .concat(" id ", "} } } ".repeat(count));

export const WORK: readonly Row[] = [
  {
    number: 1,
    attack: "no credential: fragments that spread fragments, twice",
    async play(scene) {
      const texts = ["a fan of 24 fragments", "a fan of 40 fragments"].flatMap((name) => [
        hostile(name),
        hostile(name),
      ]);
      return strain(
        await scene.start(),
        texts.map((text) => [text, {}]),
        OF_A_TEXT,
      );
    },
  },
  {
    number: 2,
    attack: "no credential: 30 duplicates on 4 levels",
    async play(scene) {
      return strain(await scene.start(), [[hostile("30 duplicates on 5 levels under one root field"), {}]], OF_A_TEXT);
    },
  },
  {
    number: 3,
    attack: "short texts with huge answers",
    emulator: LARGE,
    async play(scene) {
      const admin = memberIdOf(SLUG, 0);
      const plain = memberIdOf(SLUG, 5);
      const apps = times(15, (i) => `a${i}: connectedApps { id name }`).join(" ");
      const own = `authorizations { member { authorizations { organization { ${apps} } } } }`;
      const attacks: [string, string][] = [
        [`{ ${levels(3)} }`, admin],
        [`{ ${levels(4)} }`, admin],
        [`{ viewer { member { ${own} } } }`, plain],
      ];
      const verdicts = [];
      for (const [query, memberId] of attacks) {
        const target = await scene.start({ UPSTREAM_SEARCHES_PER_MINUTE: "0" });
        verdicts.push(await strain(target, [[query, await scene.jwt(memberId)]], OF_AN_ANSWER));
        await target.kill();
      }
      return all(verdicts);
    },
  },
  {
    number: 8,
    attack: "20 anonymous texts a second of 10 kB that fail validation",
    async play(scene) {
      const target = await scene.start();
      const member = await scene.jwt(scene.emulator.seeded.people.memberId);
      const text = (n: number) => {
        const fields = [45, 190, 400][n % 3] ?? 45;
        return `{ viewer { ${times(fields, (i) => `isOperatr${n}x${i}`.padEnd(10_000 / fields - 1, "a")).join(" ")} } }`;
      };
      await target.ask("{ viewer { member { id } } }", member);
      const waits: number[] = [];
      const [cpu, started] = [target.cpuMs(), performance.now()];
      const sent = times(100, async (n) => {
        await pause(n * 50);
        return target.ask(text(n));
      });
      const honest = times(50, async (n) => {
        await pause(n * 100 + 25);
        waits.push((await target.ask("{ viewer { member { id } } }", member)).ms);
      });
      await Promise.all([...sent, ...honest]);
      const share = Math.round((100 * (target.cpuMs() - cpu)) / (performance.now() - started));
      const p50 = Math.round(waits.sort((a, b) => a - b)[25] ?? 0);
      return { held: share < 50 && p50 < 50, figure: `${share} % CPU; others' p50 ${p50} ms` };
    },
  },
  {
    number: 15,
    attack: "an Organization with 60 apps",
    emulator: { seed: { organizations: 1, members: 200, apps: 60, authorizationsPerMember: 60 }, searchesPerMinute: 0 },
    async play(scene) {
      const target = await scene.start();
      const query = `{ organization(id: "${seededId("organization", SLUG)}") { authorizations { id } } }`;
      const { code = "OK" } = await target.ask(query, await scene.service());
      return { held: code === "OK", figure: `${code} after ${scene.calls().length} calls` };
    },
  },
  {
    number: 19,
    attack: "the client goes away",
    emulator: { seed: { organizations: 20, members: 1000 }, searchesPerMinute: 0, latencyMs: 100 },
    async play(scene) {
      const target = await scene.start({ UPSTREAM_SEARCHES_PER_MINUTE: "0" });
      const headers = { "content-type": "application/json", ...(await scene.service()) };
      const query = "{ organizations(first: 20) { nodes { members(first: 50) { nodes { authorizations { id } } } } } }";
      await target.ask("{ viewer { isOperator } }", headers);
      await pause(500);
      scene.calls();
      const client = new AbortController();
      const body = JSON.stringify({ query });
      const gone = fetch(`${target.url}/graphql`, { method: "POST", headers, body, signal: client.signal });
      await waitFor(() => scene.emulator.requests().length > 0, 5000);
      const before = scene.emulator.requests().length;
      client.abort();
      await gone.catch(() => undefined);
      await pause(3000);
      const after = scene.calls().length;
      return { held: after <= before + 2, figure: `${before} calls when it went, ${after} in the end` };
    },
  },
  {
    number: 26,
    attack: "200 large queries of one Member at once",
    emulator: { ...LARGE, seed: { organizations: 2, members: 398, apps: 50, authorizationsPerMember: 50 } },
    async play(scene) {
      const target = await scene.start({ UPSTREAM_SEARCHES_PER_MINUTE: "0" });
      const [greedy, other] = await Promise.all([
        scene.jwt(memberIdOf(SLUG, 0)),
        scene.jwt(memberIdOf("customer-0002", 5)),
      ]);
      const fields = "name emailAddress status roles isAdmin externalId createdAt updatedAt";
      const query = `{ organization { members(first: 100) { nodes { id organization { members(first: 100) { nodes { id ${fields} } } } } } } }`;
      await target.ask("{ viewer { member { id } } }", other);
      const before = target.rssMb();
      const attack = Promise.all(times(200, () => target.ask(query, greedy)));
      const beside = times(40, async (n) => {
        await pause(n * 100);
        return target.ask("{ viewer { member { id name organization { name } } } }", other);
      });
      const replies = await Promise.all(beside);
      const answered = (await attack).filter(({ status }) => status === 200).length;
      const [refused, grown] = [replies.filter(({ status }) => status !== 200).length, target.peakRssMb() - before];
      const p50 = Math.round(replies.map(({ ms }) => ms).sort((a, b) => a - b)[20] ?? 0);
      const figure = `${answered} answered; others: ${refused} of 40 not answered, p50 ${p50} ms; +${grown} MB${target.isAlive() ? "" : "; the process ended"}`;
      return { held: target.isAlive() && refused === 0 && grown < 450, figure };
    },
  },
  {
    number: 20,
    attack: "200 anonymous subscriptions",
    async play(scene) {
      const target = await scene.start();
      const series = async () =>
        (await target.get("/metrics")).text.split("\n").filter((line) => !line.startsWith("#"));
      await target.ask("{ __typename }");
      const before = (await series()).length;
      const pulse = startPulse(target);
      const codes = new Set<string>();
      for (let i = 0; i < 200; i++) codes.add((await target.ask(`subscription Made${i} { up${i} }`)).code ?? "OK");
      await pulse.stop();
      const grown = (await series()).length - before;
      const stacks = target.logs.filter((line) => JSON.stringify(line).includes("\\n    at ")).length;
      const isFault = codes.has("INTERNAL_SERVER_ERROR");
      const figure = `${[...codes].join(", ")}; ${grown} new series, ${stacks} stacks in the log`;
      return { held: !isFault && grown < 60 && stacks === 0, figure };
    },
  },
];
