import type { Emulator } from "stytch-emulator";
import { demoUrlOf } from "./dev.demo";
import type { GatewayOptions } from "./gateway";
import { toPublicApp } from "./marketplace/listing";
import { seedListings } from "./marketplace/seed";

/** The emulator's apps on the shelf, and a policy of the first customer under which one of them must be asked for. */
export const seedMarketplace =
  (emulator: Emulator): NonNullable<GatewayOptions["prepare"]> =>
  async ({ marketplace, stytch }) => {
    const { seeded, state } = emulator;
    const { connected_apps } = await stytch.reads.searchClients({ limit: 1000 });
    await seedListings(marketplace.listings, connected_apps.map(toPublicApp), { demoUrl: demoUrlOf(emulator) });
    const { organization_id } = state.requireMemberById(seeded.people.memberId);
    const allowed = connected_apps.filter(
      ({ client_type, client_name }) => client_type.startsWith("third_party") && client_name !== NEEDS_APPROVAL,
    );
    await stytch.writes.updateOrganization(
      {
        organization_id,
        third_party_connected_apps_allowed_type: "RESTRICTED",
        allowed_third_party_connected_apps: allowed.map(({ client_id }) => client_id),
      },
      null,
    );
  };

const NEEDS_APPROVAL = "Payroll Bridge";
