import fc from "fast-check";
import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";
import { randomQuery, type Vocabulary } from "../support/random-query";

const SLUG = "northwind";
const RUNS = 150;

let gateway: TestGateway;
let words: Vocabulary;
beforeAll(async () => {
  gateway = await startTestGateway();
  const { state, seeded } = gateway.emulator;
  const organization_id = state.organizations.findBySlug(SLUG)?.organization_id ?? "";
  const members = Array.from({ length: 6 }, (_, index) => memberIdOf(SLUG, index));
  words = {
    organizations: [organization_id, SLUG, "harbor-accounting"],
    members: [...members, memberIdOf("harbor-accounting", 3)],
    apps: [...state.clients.values()].map(({ client_id }) => client_id),
    authorizations: members.map((id) => `authorization:${organization_id}:${id}:${seeded.demoApp.clientId}`),
  };
});
afterAll(() => gateway.stop());

test.each([
  ["plain Member", memberIdOf(SLUG, 5)],
  ["app manager", memberIdOf(SLUG, 1)],
  ["operator", memberIdOf("meridian", 0)],
])("no query of a %s makes more calls than its bound, or is stopped by it", async (_, memberId) => {
  const { session_jwt } = await gateway.emulator.mintSession({ memberId });
  const total = { calls: 0, requested: 0, refused: 0 };
  gateway.calls();
  await fc.assert(
    fc.asyncProperty(randomQuery(words), async (query) => {
      const answer = await post(gateway.url, { authorization: `Bearer ${session_jwt}` }, query);
      const { cost } = answer.extensions;
      expect(cost?.upstreamCalls).toBeLessThanOrEqual(cost?.requested ?? -1);
      total.requested += cost?.requested ?? 0;
      if (answer.errors.some(({ extensions }) => "limit" in extensions)) {
        // Refused as a whole: the meter never has to stop what was let in.
        expect(answer.data).toBeNull();
        expect(cost?.upstreamCalls).toBe(0);
        total.refused += 1;
      }
      // An answer whose error took everything with it leaves before its last calls end, so they are summed up.
      total.calls += gateway.calls().length;
    }),
    { numRuns: RUNS },
  );
  expect(total.calls).toBeLessThanOrEqual(total.requested);
  expect(total.refused).toBeLessThan(RUNS / 2);
});
