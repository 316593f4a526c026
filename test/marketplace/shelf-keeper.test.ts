import pino from "pino";
import { startEmulator } from "stytch-emulator";
import { createLogger } from "../../src/logger";
import type { PublicApp } from "../../src/marketplace/listing";
import { createMarketplace } from "../../src/marketplace/marketplace";
import { createMetrics } from "../../src/metrics";
import { UpstreamMeter } from "../../src/stytch/meter";
import { createStytch } from "../../src/stytch/stytch";
import { startShelfKeeper } from "../../src/upkeep/keep-shelf";
import { openTestLedger } from "../ledger/ledger";
import { DESK_NOTES, INVOICE_SYNC, LEDGER_EXPORT } from "./shelf";

const TEXTS = {
  tagline: "t",
  details: "d",
  categories: [],
  publisherName: "p",
  publisherUrl: null,
  supportUrl: null,
  privacyPolicyUrl: "https://app.example/privacy",
  termsUrl: null,
  installUrl: "https://app.example/",
  scopes: [],
};

test("what happens to clients in Stytch's dashboard reaches the shelf", async () => {
  const emulator = await startEmulator({ port: 0 });
  const ledger = await openTestLedger("memory");
  const logger = createLogger("silent");
  const stytch = createStytch({
    projectId: emulator.projectId,
    secret: emulator.secret,
    baseUrl: `${emulator.url}/`,
    timeoutMs: 10_000,
    coalesce: true,
    searchesPerMinute: 0,
    directoryMaxAgeSeconds: 0,
    logger,
    metrics: createMetrics(),
  });
  const { listings } = createMarketplace(ledger.store, { production: false });
  const keeper = startShelfKeeper(() => stytch.client(new UpstreamMeter()).reads, {
    store: ledger.store,
    listings,
    logger: pino({ level: "silent" }),
  });
  const { clients } = emulator.state;

  await keeper.run();
  expect(emulator.requests()).toEqual([]);

  for (const id of [DESK_NOTES, INVOICE_SYNC, LEDGER_EXPORT]) {
    const { client_name: name, client_description: description, client_type } = emulator.state.requireClient(id);
    const app: PublicApp = { connected_app_id: id, name, description, client_type, logo_url: "" };
    await listings.save(app, TEXTS);
    await listings.publish(app);
  }
  clients.set(DESK_NOTES, { ...emulator.state.requireClient(DESK_NOTES), client_name: "Zettel" });
  clients.delete(INVOICE_SYNC);
  await keeper.run();
  const { listings: left } = await listings.page({ first: 10, after: null, filter: { statuses: ["PUBLISHED"] } });
  expect(left.map(({ app }) => app.name)).toEqual(["Ledger Export", "Zettel"]);
  expect(emulator.requests().map(({ route }) => route)).toEqual([
    "POST /v1/connected_apps/clients/search",
    "GET /v1/connected_apps/clients/:client_id",
  ]);

  await keeper.stop();
  await stytch.close();
  await ledger.stop();
  await emulator.stop();
});
