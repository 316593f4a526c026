import type { ListingTexts, PublicApp } from "./listing";
import type { Listings } from "./listings";

/** What the emulator's eight apps say of themselves. One is left a draft, one was withdrawn. */
export async function seedListings(
  listings: Listings,
  apps: readonly PublicApp[],
  { demoUrl }: { demoUrl: string },
): Promise<void> {
  const known = await listings.byApps(apps.map(({ connected_app_id }) => connected_app_id));
  for (const app of apps) {
    const seed = SEEDS[app.name];
    // A database that outlives the emulator keeps what was made of them.
    if (!seed || known.has(app.connected_app_id)) continue;
    const { host, status = "PUBLISHED", ...texts } = seed;
    await listings.save(app, {
      ...texts,
      publisherUrl: `https://${host}`,
      supportUrl: `https://${host}/support`,
      privacyPolicyUrl: `https://${host}/privacy`,
      termsUrl: `https://${host}/terms`,
      installUrl: app.name === "Ledger Export" ? demoUrl : `https://${host}/connect`,
    });
    if (status !== "DRAFT") await listings.publish(app);
    if (status === "WITHDRAWN") await listings.withdraw(app.connected_app_id);
  }
}

type Seed = Pick<ListingTexts, "tagline" | "details" | "categories" | "publisherName" | "scopes"> & {
  host: string;
  status?: "DRAFT" | "WITHDRAWN";
};

const SEEDS: Record<string, Seed> = {
  "Ledger Export": {
    host: "ledger-export.example",
    tagline: "Your journal entries in your own data warehouse, every night",
    details:
      "## What it does\n\nEvery night at two, new and changed journal entries are copied to the warehouse of your choice:\n\n- BigQuery, Snowflake, Redshift or plain Parquet files\n- one table for each account, with a stable schema\n- corrections arrive as corrections, never as silent overwrites\n\n## What it reads\n\nThe ledger, and nothing else. It writes nothing.",
    categories: ["Accounting", "Data"],
    publisherName: "Ledger Export GmbH",
    scopes: ["openid", "profile", "read:ledger"],
  },
  "Invoice Sync": {
    host: "app.invoice-sync.example",
    tagline: "Invoices and bookkeeping in step, without retyping",
    details:
      "Invoice Sync matches every invoice with its booking **within minutes** and tells you about the ones that do not fit.\n\n1. Connect your ledger.\n2. Choose the accounts.\n3. Look at the first hundred matches, then let it run.",
    categories: ["Accounting", "Invoicing"],
    publisherName: "Invoice Sync Inc.",
    scopes: ["openid", "profile", "offline_access", "read:invoices", "send:invoices", "write:ledger"],
  },
  "Payroll Bridge": {
    host: "payrollbridge.example",
    tagline: "Payroll runs, posted to the right accounts",
    details:
      "Posts every payroll run as one journal entry for each cost center.\n\nWorks with the payroll systems of eleven countries. Salaries of single people never reach the ledger: only sums do.",
    categories: ["Payroll", "Accounting"],
    publisherName: "Bridge & Partners",
    scopes: ["openid", "profile", "write:ledger"],
  },
  "Desk Notes": {
    host: "desknotes.example",
    tagline: "Figures beside your notes, always the latest",
    details:
      "A desktop app for people who think in notes. Pin a figure, and it stays up to date.\n\nDesk Notes keeps your notes on your own machine.",
    categories: ["Productivity"],
    publisherName: "Desk Notes",
    scopes: ["openid", "read:ledger"],
  },
  "Meridian Console": {
    host: "console.meridian.example",
    tagline: "Administration of your Meridian account",
    details: "The marketplace's own administration site: people, roles, invoices and apps in one place.",
    categories: ["Administration"],
    publisherName: "Meridian",
    scopes: ["openid", "profile", "email"],
  },
  "Meridian CLI": {
    host: "cli.meridian.example",
    tagline: "Meridian in your terminal and your scripts",
    details: "```sh\nmeridian ledger export --since 2026-01-01 > ledger.csv\n```\n\nFor macOS, Linux and Windows.",
    categories: ["Administration", "Developer tools"],
    publisherName: "Meridian",
    scopes: ["openid", "offline_access", "read:ledger"],
  },
  "Atlas Assistant": {
    host: "atlas-assistant.example",
    tagline: "Ask your books a question",
    details: "Answers questions about your books in plain language, with the entries that each answer rests on.",
    categories: ["Productivity", "Data"],
    publisherName: "Atlas Labs",
    scopes: ["openid", "read:ledger", "read:invoices"],
    status: "WITHDRAWN",
  },
  "Tally Reports": {
    host: "tally.example",
    tagline: "Reports in your spreadsheet",
    details: "An add-on that fills your spreadsheet's reports from the ledger.",
    categories: ["Data"],
    publisherName: "Tally",
    scopes: ["openid", "read:ledger"],
    status: "DRAFT",
  },
};
