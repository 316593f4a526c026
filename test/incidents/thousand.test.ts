import { ClientError } from "graphql-request";
import type { Fault } from "stytch-emulator";
import { RevokeAppDocument, type RevokeAppMutation } from "../generated/graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";

const MEMBERS = 1000;
const FAULT_SHARE = 0.05;
const FAULTS: Fault[] = [
  { kind: "status", status: 429 },
  { kind: "reset" },
  { kind: "reset-after-effect" },
  { kind: "hang" },
  { kind: "status", status: 500 },
];
const EVENTS = `query ($after: String, $app: ID) {
  organization {
    auditLog(first: 100, after: $after, filter: { actions: [AUTHORIZATION_REVOKED], connectedAppId: $app }) {
      nodes { memberId outcome }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
interface Events {
  organization: {
    auditLog: {
      nodes: { memberId: string; outcome: string }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
  };
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    // Three of an Organization are not active, and have granted nothing.
    emulator: { seed: { organizations: 1, members: MEMBERS + 3, apps: 1, authorizationsPerMember: 1 } },
    config: { upstreamTimeoutMs: 1000 },
  });
});
afterAll(() => gateway.stop());

/** A small generator, so that every run has the same faults (Park and Miller, CACM 31/10). */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test("an app loses a thousand Members while one call in twenty fails: none twice, none forgotten, all written down", async () => {
  const { state, faults, seeded } = gateway.emulator;
  const [app] = state.clients.values();
  const connectedAppId = app?.client_id ?? "";
  const organizationId = state.organizations.findBySlug("customer-0001")?.organization_id ?? "";
  const members = state.grants
    .ofOrganizationAndClient(organizationId, connectedAppId)
    .map(({ member_id }) => member_id);
  expect(members).toHaveLength(MEMBERS);

  const revocations = new Map<string, number>();
  const revoke = state.grants.revoke.bind(state.grants);
  jest.spyOn(state.grants, "revoke").mockImplementation((memberId, clientId) => {
    const done = revoke(memberId, clientId);
    if (done) revocations.set(memberId, (revocations.get(memberId) ?? 0) + 1);
    return done;
  });
  const dice = createDice(20_261_121);
  let broken = 0;
  jest.spyOn(faults, "take").mockImplementation((route) => {
    if (!route.includes("connected_apps") || dice() >= FAULT_SHARE) return null;
    broken += 1;
    return FAULTS[Math.floor(dice() * FAULTS.length)] ?? null;
  });

  const admin = await gateway.as(seeded.people.adminId);
  gateway.calls();
  const startedAt = performance.now();
  let [calls, revoked, remaining] = [0, 0, Number.POSITIVE_INFINITY];
  while (remaining > 0 && calls < 50) {
    calls += 1;
    const payload = await admin.request(RevokeAppDocument, { input: { connectedAppId } }).then(
      ({ revokeApp }) => revokeApp,
      // One fault empties one field: the whole payload where the list could not be read (as every caller
      // would, try again), or the time until which access tokens work, beside what was revoked.
      (error: unknown) => {
        if (!(error instanceof ClientError)) throw error;
        expect(error.response.errors?.map(({ extensions }) => extensions.code)).toEqual([
          expect.stringMatching(/^UPSTREAM_/),
        ]);
        return (error.response.data as RevokeAppMutation).revokeApp;
      },
    );
    if (!payload) continue;
    revoked += payload.revokedCount;
    remaining = payload.remainingCount ?? Number.NaN;
    expect(revoked + remaining).toBe(MEMBERS);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const upstream = gateway.calls().length;
  jest.restoreAllMocks();

  expect([remaining, revoked]).toEqual([0, MEMBERS]);
  expect(state.grants.ofOrganizationAndClient(organizationId, connectedAppId)).toEqual([]);
  expect([...revocations.keys()].sort()).toEqual(members.sort());
  expect([...revocations.values()].every((times) => times === 1)).toBe(true);

  const outcomes = new Map<string, string[]>();
  let after: string | null = null;
  do {
    const page: Events = await admin.request<Events>(EVENTS, { after, app: connectedAppId });
    const { nodes, pageInfo } = page.organization.auditLog;
    for (const { memberId, outcome } of nodes) {
      outcomes.set(memberId, [...(outcomes.get(memberId) ?? []), outcome]);
    }
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  // An answer that was lost is written down as such, and settled later.
  const isTold = (memberId: string) =>
    outcomes.get(memberId)?.some((outcome) => outcome === "DONE" || outcome === "UNKNOWN");
  expect(members.filter((memberId) => !isTold(memberId))).toEqual([]);
  const events = [...outcomes.values()].flat();
  const count = (wanted: string) => events.filter((outcome) => outcome === wanted).length;
  process.stdout.write(
    `revokeApp: ${MEMBERS} Members, ${calls} calls, ${upstream} upstream requests, ${broken} faults, ${seconds.toFixed(1)} s; ` +
      `events: ${count("DONE")} DONE, ${count("UNKNOWN")} UNKNOWN, ${count("FAILED")} FAILED, ${count("REFUSED")} REFUSED\n`,
  );
}, 120_000);
