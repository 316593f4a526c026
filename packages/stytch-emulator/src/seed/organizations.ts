import { seededId } from "../ids";
import type { ConnectedAppRule } from "../state/records";

export interface OrganizationPlan {
  name: string;
  slug: string;
  externalId?: string;
  members: number;
  plan: string;
  firstParty?: AppRule;
  thirdParty?: AppRule;
}

interface AppRule {
  mode: ConnectedAppRule;
  /** Names of the allowed apps. */
  apps?: readonly string[];
}

export const operatorPlan: OrganizationPlan = {
  name: "Meridian Marketplace",
  slug: "meridian",
  externalId: "crm-1000",
  members: 4,
  plan: "internal",
};

/** Five customers: open, restricted and closed policies; with and without an external id. */
export const demoPlans: readonly OrganizationPlan[] = [
  { name: "Northwind Traders", slug: "northwind", externalId: "crm-1001", members: 24, plan: "growth" },
  {
    name: "Harbor Accounting",
    slug: "harbor-accounting",
    externalId: "crm-1002",
    members: 60,
    plan: "enterprise",
    thirdParty: { mode: "RESTRICTED", apps: ["Ledger Export", "Invoice Sync", "Desk Notes"] },
  },
  {
    name: "Bluefin Logistics",
    slug: "bluefin",
    externalId: "crm-1003",
    members: 14,
    plan: "growth",
    thirdParty: { mode: "NOT_ALLOWED" },
  },
  {
    name: "Juniper Studio",
    slug: "juniper-studio",
    members: 6,
    plan: "starter",
    firstParty: { mode: "RESTRICTED", apps: ["Meridian Console"] },
  },
  { name: "Cedar & Stone Legal", slug: "cedar-stone", externalId: "crm-1005", members: 3, plan: "starter" },
];

const ADJECTIVES = ["Amber", "Brisk", "Copper", "Dover", "Ember", "Fable", "Granite", "Hazel"];
const TRADES = ["Freight", "Dental", "Robotics", "Bakery", "Optics", "Textiles", "Marine", "Books", "Energy"];

/** Customers for benchmarks: any number, Members spread evenly. */
export const generatedPlans = (organizations: number, members: number): OrganizationPlan[] =>
  Array.from({ length: organizations }, (_, index) => {
    const number = String(index + 1).padStart(4, "0");
    const share = Math.floor(members / organizations) + (index < members % organizations ? 1 : 0);
    const trade = TRADES[Math.floor(index / ADJECTIVES.length) % TRADES.length];
    return {
      name: `${ADJECTIVES[index % ADJECTIVES.length]} ${trade} ${number}`,
      slug: `customer-${number}`,
      externalId: `crm-2${number}`,
      members: share,
      plan: "growth",
    };
  });

export const organizationIdOf = ({ slug }: OrganizationPlan): string => seededId("organization", slug);

export const OPERATOR_ORGANIZATION_ID = organizationIdOf(operatorPlan);
