import { newClient } from "../defaults";
import { seededId, seededSecret } from "../ids";
import type { ClientType, ConnectedApp } from "../state/records";
import type { State } from "../state/state";
import { hashSecret } from "../tokens/secrets";

/** Extra apps beyond the catalogue are spread over these types. */
const TYPES: readonly ClientType[] = ["third_party", "third_party_public", "third_party", "first_party"];

type Listing = Pick<ConnectedApp, "client_type" | "client_name" | "client_description"> & Partial<ConnectedApp>;

/** Eight apps of all four types. The first is for a demo app at this origin: see `Emulator.serve`. */
const catalogue = (origin: string): Listing[] => [
  {
    client_type: "third_party",
    client_name: "Ledger Export",
    client_description: "Copies journal entries to your data warehouse every night.",
    redirect_urls: [`${origin}/demo/callback`, `${origin.replace("127.0.0.1", "localhost")}/demo/callback`],
    logo_url: "https://cdn.ledger-export.example/logo.png",
  },
  {
    client_type: "first_party",
    client_name: "Meridian Console",
    client_description: "The marketplace's own administration site.",
    redirect_urls: ["https://console.meridian.example/oauth/callback"],
    post_logout_redirect_urls: ["https://console.meridian.example/signed-out"],
    full_access_allowed: true,
    bypass_consent_for_offline_access: true,
    creation_method: "DASHBOARD",
    logo_url: "https://console.meridian.example/logo.svg",
  },
  {
    client_type: "first_party_public",
    client_name: "Meridian CLI",
    client_description: "Command line tool of the marketplace.",
    redirect_urls: ["http://127.0.0.1/callback"],
    full_access_allowed: true,
    creation_method: "DASHBOARD",
  },
  {
    client_type: "third_party",
    client_name: "Invoice Sync",
    client_description: "Keeps invoices and your bookkeeping in step.",
    redirect_urls: ["https://app.invoice-sync.example/connect/callback"],
    post_logout_redirect_urls: ["https://app.invoice-sync.example/bye"],
    logo_url: "https://app.invoice-sync.example/static/logo.png",
  },
  {
    client_type: "third_party",
    client_name: "Payroll Bridge",
    client_description: "Posts payroll runs to your ledger.",
    redirect_urls: ["https://payrollbridge.example/oauth/return"],
    access_token_expiry_minutes: 15,
    access_token_custom_audience: "https://api.payrollbridge.example",
    access_token_template_content: '{ "plan": "{{ organization.trusted_metadata.plan }}" }',
  },
  {
    client_type: "third_party_public",
    client_name: "Desk Notes",
    client_description: "Desktop app that pins figures beside your notes.",
    redirect_urls: ["com.desknotes.app:/oauth/callback", "http://127.0.0.1/callback"],
    logo_url: "https://desknotes.example/icon.png",
  },
  {
    client_type: "third_party_public",
    client_name: "Atlas Assistant",
    client_description: "Answers questions about your books.",
    redirect_urls: ["https://atlas-assistant.example/oauth/callback"],
    creation_method: "CIMD",
    client_id_metadata_url: "https://atlas-assistant.example/oauth/client.json",
  },
  {
    client_type: "third_party_public",
    client_name: "Tally Reports",
    client_description: "Spreadsheet add-on, registered by itself.",
    redirect_urls: ["http://127.0.0.1:8976/callback"],
    creation_method: "DCR",
  },
];

export const demoClientId = seededId("connected-app", "Ledger Export");
export const demoClientSecret = seededSecret("Ledger Export");

export function seedApps(state: State, count?: number): void {
  const known = catalogue(state.origin);
  const listings = Array.from({ length: count ?? known.length }, (_, index) => known[index] ?? generated(index));
  for (const listing of listings) {
    const client_id = seededId("connected-app", listing.client_name);
    const hasSecret = !listing.client_type.endsWith("_public");
    const secret = hasSecret ? { current: hashSecret(seededSecret(listing.client_name)) } : null;
    state.clients.set(client_id, newClient({ client_id, secret, ...listing }));
  }
}

function generated(index: number): Listing {
  const host = `app-${index + 1}.example`;
  return {
    client_type: TYPES[index % TYPES.length] ?? "third_party",
    client_name: `Integration ${String(index + 1).padStart(3, "0")}`,
    client_description: `Partner integration at ${host}.`,
    redirect_urls: [`https://${host}/oauth/callback`],
  };
}
