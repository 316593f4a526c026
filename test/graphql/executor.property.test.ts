import fc from "fast-check";
import { memberIdOf } from "stytch-emulator";
import { loadConfig } from "../../src/config";
import { type Gateway, startGateway } from "../../src/gateway";
import { createLogger } from "../../src/logger";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";
import { randomQuery, type Vocabulary } from "../support/random-query";

const SLUG = "northwind";

let tests: TestGateway;
let gateways: Gateway[];
let words: Vocabulary;
beforeAll(async () => {
  tests = await startTestGateway();
  const { url, projectId, secret, operatorOrganizationId, state } = tests.emulator;
  const config = {
    ...loadConfig({ PORT: "0", NODE_ENV: "test" }),
    stytch: { projectId, secret, baseUrl: `${url}/` },
    operatorOrganizationId,
  };
  const logger = createLogger("silent");
  gateways = await Promise.all(
    [0, Number.POSITIVE_INFINITY].map((compileAfter) => startGateway(config, { logger, compileAfter })),
  );
  const organizationId = state.organizations.findBySlug(SLUG)?.organization_id ?? "";
  words = {
    organizations: [organizationId, SLUG],
    members: Array.from({ length: 6 }, (_, index) => memberIdOf(SLUG, index)),
    apps: [...state.clients.values()].map(({ client_id }) => client_id),
    authorizations: [],
  };
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await tests.stop();
});

/** Of several failing fields under one parent, which error is reported depends on which fails first. */
const visible = ({ status, data, errors }: Answer) => ({ status, data, failed: errors.length > 0 });

test.each([
  ["plain Member", memberIdOf(SLUG, 5)],
  ["admin", memberIdOf(SLUG, 0)],
  ["operator", memberIdOf("meridian", 0)],
])("compiled or interpreted, a %s gets the same answer", async (_, memberId) => {
  const { session_jwt } = await tests.emulator.mintSession({ memberId });
  await fc.assert(
    fc.asyncProperty(randomQuery(words), async (query) => {
      const [compiled, interpreted] = await Promise.all(
        gateways.map(({ url }) => post(url, { authorization: `Bearer ${session_jwt}` }, query)),
      );
      if (!compiled || !interpreted) throw new Error("Two gateways are needed.");
      expect(visible(compiled)).toEqual(visible(interpreted));
    }),
    { numRuns: 60 },
  );
});
