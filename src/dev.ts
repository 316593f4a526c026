import type { Emulator } from "stytch-emulator";
import { banner, type Link, type Person } from "./banner";
import type { Config } from "./config";
import { demoUrlOf, serveDemo } from "./dev.demo";
import { seedMarketplace } from "./dev.seed";
import { type Gateway, type GatewayConfig, startGateway } from "./gateway";
import { findAssets } from "./http/explorer.assets";
import { type OwnPages, ownLinks } from "./http/index.links";
import type { Logger } from "./logger";
import { originOf } from "./origin";
import { codeOf, listenError, StartError } from "./start-error";

/** Without credentials: a gateway before an emulator of Stytch, which is loaded only here. */
export async function startDevelopment(config: Config, logger: Logger): Promise<Gateway> {
  const { startEmulator } = await import("stytch-emulator").catch(explain);
  const { host, port, latencyMs, searchesPerMinute } = { host: config.host, ...config.emulator };
  const publicUrl = config.publicUrl ?? (config.port === 0 ? undefined : originOf(host, config.port));
  const emulator = await startEmulator({
    host,
    port,
    latencyMs,
    searchesPerMinute,
    ...(publicUrl && { gatewayUrl: publicUrl }),
  }).catch((error: unknown) => {
    throw listenError(error, "EMULATOR_PORT", host, port);
  });
  const emulated: GatewayConfig = {
    ...config,
    stytch: { projectId: emulator.projectId, secret: emulator.secret, baseUrl: `${emulator.url}/` },
    loginUrl: config.loginUrl ?? `${emulator.url}/login`,
    operatorOrganizationId: config.operatorOrganizationId ?? emulator.operatorOrganizationId,
  };
  const people = await invite(emulator);
  const hasDemo = await serveDemo(emulator);
  const pages = {
    introspection: config.introspection,
    hasExplorer: findAssets() !== null,
    as: ", as an administrator",
  };
  const shown: Shown = { emulator, hasDemo, ...pages };
  const sandboxHeaders = { "X-Stytch-Member-Session": people[0].sessionToken };
  const gateway = await startGateway(emulated, {
    logger,
    sandboxHeaders,
    index: linksOf("", shown),
    prepare: seedMarketplace(emulator),
  });
  emulator.setGatewayUrl(gateway.url);
  const service = { ...emulator.seeded.operatorService, tokenUrl: `${emulator.url}/v1/oauth2/token` };
  const graphqlUrl = `${gateway.url}/graphql`;
  const start = { label: "Start here", url: `${gateway.url}/`, text: "" };
  const links = [start, ...linksOf(gateway.url, shown).slice(0, PRINTED_LINKS)];
  process.stdout.write(banner({ graphqlUrl, people, service, links }));
  return {
    ...gateway,
    async stop() {
      await gateway.stop();
      await emulator.stop();
    },
  };
}

/** Longer than a working day, so that printed sessions outlive it. */
const SESSION_MINUTES = 7 * 24 * 60;

/** First the administrator, who can try most of the schema: that session is filled into the explorers. */
async function invite({ seeded, state, mintSession }: Emulator): Promise<[Person, ...Person[]]> {
  const { adminId, memberId, operatorId } = seeded.people;
  const meet = async (id: string, role: (organization: string) => string): Promise<Person> => {
    const { name, organization_id } = state.requireMemberById(id);
    const { organization_name } = state.requireOrganization(organization_id);
    const { session_token } = await mintSession({ memberId: id, durationMinutes: SESSION_MINUTES });
    return { name, role: role(organization_name), sessionToken: session_token };
  };
  return [
    await meet(adminId, (organization) => `administrator at ${organization}`),
    await meet(memberId, (organization) => `member at ${organization}, without a role`),
    await meet(operatorId, () => "operator of the marketplace"),
  ];
}

interface Shown extends OwnPages {
  emulator: Emulator;
  hasDemo: boolean;
}

/** Where `npm run dev` of examples/marketplace-web serves it. */
const MARKETPLACE_WEB = "http://127.0.0.1:5173/";

/** All of them stand on the index page, the first ones in the banner as well. */
function linksOf(gateway: string, { emulator, hasDemo, ...pages }: Shown): Link[] {
  const { graphql, explorer, apps } = ownLinks(gateway, pages);
  const demo = {
    label: "Demo app",
    url: demoUrlOf(emulator),
    text: "Connect an app: sign in, see the consent page, and what the app gets.",
  };
  return [
    graphql,
    ...(hasDemo ? [demo] : []),
    { label: "Sign in", url: `${emulator.url}/login`, text: "Be any of the seeded people, in this browser." },
    ...explorer,
    apps,
    {
      label: "Marketplace",
      url: MARKETPLACE_WEB,
      text: "A shelf of apps to copy from. Start it first: cd examples/marketplace-web && npm ci && npm run dev",
    },
    { label: "Emulator", url: `${emulator.url}/`, text: "The stand-in for Stytch that all of this talks to." },
  ];
}
const PRINTED_LINKS = 3;

/** A production image leaves the emulator out. */
function explain(error: unknown): never {
  if (codeOf(error) !== "ERR_MODULE_NOT_FOUND" && codeOf(error) !== "MODULE_NOT_FOUND") throw error;
  throw new StartError(
    "STYTCH_PROJECT_ID and STYTCH_SECRET are unset, and the emulator that would stand in is not installed. " +
      "Set both, or run npm ci without --omit=dev.",
  );
}
