import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";
import {
  bearerOf,
  DESK_NOTES,
  INVOICE_SYNC,
  LEDGER_EXPORT,
  list,
  mutate,
  operator,
  outcome,
  PAYROLL_BRIDGE,
  texts,
} from "./shelf";

let gateway: TestGateway;
let member: Record<string, string>;
let service: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway();
  member = await bearerOf(gateway, gateway.emulator.seeded.people.memberId);
  service = await operator(gateway);
});
afterAll(() => gateway.stop());

const LISTING = "listing { id status tagline categories publishedAt updatedAt connectedApp { id name clientType } }";
const ask = async <T = Record<string, unknown>>(headers: Record<string, string>, query: string, variables = {}) => {
  const answer = await post<T>(gateway.url, headers, query, variables);
  expect(answer.errors).toEqual([]);
  return answer.data;
};
const names = async (headers: Record<string, string>, args = "") => {
  const data = await ask<{ marketplace: { nodes: { connectedApp: { name: string } }[]; totalCount: number } }>(
    headers,
    `{ marketplace${args} { totalCount nodes { connectedApp { name } } } }`,
  );
  expect(data?.marketplace.totalCount).toBe(data?.marketplace.nodes.length);
  return data?.marketplace.nodes.map(({ connectedApp }) => connectedApp.name);
};

test("from draft to shelf and off it", async () => {
  const saved = await mutate(gateway, service, "saveListing", texts(INVOICE_SYNC), LISTING);
  expect(saved.payload?.done).toMatchObject({
    id: `listing:${INVOICE_SYNC}`,
    status: "DRAFT",
    publishedAt: null,
    connectedApp: { id: INVOICE_SYNC, name: "Invoice Sync", clientType: "THIRD_PARTY" },
  });
  expect(await names(member)).toEqual([]);
  expect(await names(service, "(filter: { statuses: [DRAFT] })")).toEqual(["Invoice Sync"]);

  const published = await mutate(gateway, service, "publishListing", { connectedAppId: INVOICE_SYNC }, LISTING);
  expect(published.payload?.done).toMatchObject({ status: "PUBLISHED", publishedAt: expect.any(String) });
  expect(await names(member)).toEqual(["Invoice Sync"]);

  const again = await mutate(gateway, service, "saveListing", texts(INVOICE_SYNC, { tagline: "Better" }), LISTING);
  expect(again.payload?.done).toMatchObject({ status: "PUBLISHED", tagline: "Better" });

  const off = await mutate(gateway, service, "withdrawListing", { connectedAppId: INVOICE_SYNC }, LISTING);
  expect(off.payload?.done).toMatchObject({ status: "WITHDRAWN" });
  expect(await names(member)).toEqual([]);
  expect(await names(service, "(filter: { statuses: [WITHDRAWN, DRAFT] })")).toEqual(["Invoice Sync"]);
  await outcome(gateway, service, "publishListing", { connectedAppId: INVOICE_SYNC }, LISTING);
});

test("a draft cannot be withdrawn, and an app without a listing not published", async () => {
  await list(gateway, PAYROLL_BRIDGE, {}, false);
  expect(await outcome(gateway, service, "withdrawListing", { connectedAppId: PAYROLL_BRIDGE }, LISTING)).toBe(
    "INVALID connectedAppId",
  );
  expect(await outcome(gateway, service, "publishListing", { connectedAppId: DESK_NOTES }, LISTING)).toBe(
    "NOT_FOUND connectedAppId",
  );
});

test.each([
  [{ tagline: "" }, "INVALID tagline"],
  [{ tagline: "x".repeat(141) }, "INVALID tagline"],
  [{ tagline: "line\nbreak" }, "INVALID tagline"],
  [{ tagline: "safe\u202Eelif" }, "INVALID tagline"],
  [{ details: "" }, "INVALID details"],
  [{ details: "x".repeat(20_001) }, "INVALID details"],
  [{ details: "bell\u0007" }, "INVALID details"],
  [{ categories: Array(11).fill("a") }, "INVALID categories"],
  [{ categories: ["ok", " "] }, "INVALID categories.1"],
  [{ publisherName: "   " }, "INVALID publisherName"],
  [{ publisherUrl: "http://app.example" }, "INVALID publisherUrl"],
  [{ supportUrl: "mailto:help@app.example" }, "INVALID supportUrl"],
  [{ privacyPolicyUrl: "javascript:alert(1)" }, "INVALID privacyPolicyUrl"],
  [{ termsUrl: "https://user:password@app.example/" }, "INVALID termsUrl"],
  [{ installUrl: "http://app.example/install" }, "INVALID installUrl"],
  [{ installUrl: "com.example.app:/install" }, "INVALID installUrl"],
  [{ scopes: ["read ledger"] }, "INVALID scopes.0"],
  [{ scopes: Array(51).fill("openid") }, "INVALID scopes"],
  [{ connectedAppId: "connected-app-test-unknown" }, "NOT_FOUND connectedAppId"],
  [{ connectedAppId: ".." }, "NOT_FOUND connectedAppId"],
])("saveListing with %j: %s, and nothing is saved", async (changes, expected) => {
  expect(await outcome(gateway, service, "saveListing", texts(DESK_NOTES, changes), LISTING)).toBe(expected);
  expect(await ask(service, `{ listing(connectedAppId: "${DESK_NOTES}") { id } }`)).toEqual({ listing: null });
});

test("installUrl may be http on loopback in development, and not in production", async () => {
  const installUrl = "http://127.0.0.1:5173/connect";
  const other = await startTestGateway({ config: { production: true } });
  const as = await operator(other);
  expect(await outcome(other, as, "saveListing", texts(LEDGER_EXPORT, { installUrl }), LISTING)).toBe(
    "INVALID installUrl",
  );
  await other.stop();
  expect(await outcome(gateway, service, "saveListing", texts(LEDGER_EXPORT, { installUrl }), LISTING)).toBe("done");
  await outcome(gateway, service, "publishListing", { connectedAppId: LEDGER_EXPORT }, LISTING);
});

test("search ignores case and accents, and wants every word", async () => {
  await list(gateway, DESK_NOTES, { publisherName: "Größe & Söhne", tagline: "Notes à côté: 100% yours" });
  const search = (text: string) => names(member, `(filter: { search: ${JSON.stringify(text)} })`);
  expect(await search("DESK")).toEqual(["Desk Notes"]);
  expect(await search("grosse sohne")).toEqual(["Desk Notes"]);
  expect(await search("GRÖSSE")).toEqual(["Desk Notes"]);
  expect(await search("a cote")).toEqual(["Desk Notes"]);
  expect(await search("desk sync")).toEqual([]);
  expect(await search("100%")).toEqual(["Desk Notes"]);
  expect(await search("d_sk")).toEqual([]);
  expect(await search("\\")).toEqual([]);
  expect(await search("  ")).toHaveLength(3);
});

test("categories: any of them, without case and accents", async () => {
  await list(gateway, DESK_NOTES, { categories: ["Notizen", "Büro"] });
  expect(await names(member, '(filter: { categories: ["buro"] })')).toEqual(["Desk Notes"]);
  expect(await names(member, '(filter: { categories: ["BÜRO", "accounting"] })')).toHaveLength(3);
  expect(await names(member, '(filter: { categories: ["bür"] })')).toEqual([]);
});

test("pages go on where the last one ended, whatever came or went meanwhile", async () => {
  const page = async (args: string) => {
    const data = await ask<{
      marketplace: {
        totalCount: number;
        nodes: { connectedApp: { name: string } }[];
        pageInfo: { endCursor: string; hasNextPage: boolean };
      };
    }>(
      member,
      `{ marketplace${args} { totalCount nodes { connectedApp { name } } pageInfo { endCursor hasNextPage } } }`,
    );
    if (!data) throw new Error("No page.");
    return data.marketplace;
  };
  const first = await page("(first: 1)");
  expect(first).toMatchObject({ totalCount: 3, nodes: [{ connectedApp: { name: "Desk Notes" } }] });
  expect(first.pageInfo.hasNextPage).toBe(true);
  // The one that the cursor names leaves the shelf.
  await outcome(gateway, service, "withdrawListing", { connectedAppId: DESK_NOTES }, LISTING);
  const second = await page(`(first: 5, after: "${first.pageInfo.endCursor}")`);
  expect(second.nodes.map(({ connectedApp }) => connectedApp.name)).toEqual(["Invoice Sync", "Ledger Export"]);
  expect(second.pageInfo.hasNextPage).toBe(false);
  const answer = await post(gateway.url, member, '{ marketplace(after: "bm8") { totalCount } }');
  expect(codeOf(answer)).toBe("BAD_USER_INPUT");
});

test("a Member sees a listed app by its id, with its public fields, and by node", async () => {
  // Nobody of northwind has authorized it.
  const { state } = gateway.emulator;
  const id = "connected-app-test-11111111-1111-4111-8111-111111111111";
  state.clients.set(id, { ...state.requireClient(INVOICE_SYNC), client_id: id, client_name: "Älteste App" });
  const query = `{ connectedApp(id: "${id}") { name registration { status } }
    node(id: "${id}") { id } listing: node(id: "listing:${id}") { id ... on Listing { status } } }`;
  expect(await ask(member, query)).toEqual({ connectedApp: null, node: null, listing: null });
  await list(gateway, id, {}, false);
  expect(await ask(member, query)).toEqual({ connectedApp: null, node: null, listing: null });
  await list(gateway, id);
  expect(await ask(member, query)).toEqual({
    connectedApp: { name: "Älteste App", registration: null },
    node: { id },
    listing: { id: `listing:${id}`, status: "PUBLISHED" },
  });
  expect((await names(member))?.[0]).toBe("Älteste App");

  const renamed = await outcome(
    gateway,
    service,
    "updateClient",
    { clientId: id, name: "Zuletzt" },
    "connectedApp { id }",
  );
  expect(renamed).toBe("done");
  expect((await names(member))?.at(-1)).toBe("Zuletzt");

  expect(await outcome(gateway, service, "deleteClient", { clientId: id }, "deletedClientId")).toBe("done");
  expect(await ask(member, query)).toEqual({ connectedApp: null, node: null, listing: null });
  expect(await names(service, "(filter: { statuses: [DRAFT, PUBLISHED, WITHDRAWN] })")).not.toContain("Zuletzt");
});
