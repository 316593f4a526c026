import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";
import { appId, bearerOf, DESK_NOTES, list, mutate, operator, outcome, PAYROLL_BRIDGE } from "./shelf";

const ATLAS = appId("Atlas Assistant");
const CLI = appId("Meridian CLI");

const UPDATE = "PUT /v1/b2b/organizations/:organization_id";

let gateway: TestGateway;
let as: Record<"member" | "colleague" | "admin" | "service" | "bluefinMember" | "bluefinAdmin", Record<string, string>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  as = {
    // Harbor's policy names three partners' apps; Bluefin's allows none.
    member: await bearerOf(gateway, memberIdOf("harbor-accounting", 6)),
    colleague: await bearerOf(gateway, memberIdOf("harbor-accounting", 7)),
    admin: await bearerOf(gateway, memberIdOf("harbor-accounting", 0)),
    bluefinMember: await bearerOf(gateway, memberIdOf("bluefin", 6)),
    bluefinAdmin: await bearerOf(gateway, memberIdOf("bluefin", 0)),
    service: await operator(gateway),
  };
  for (const id of [DESK_NOTES, PAYROLL_BRIDGE, ATLAS, CLI]) await list(gateway, id);
});
afterAll(() => gateway.stop());

const REQUEST = "appRequest { id status reason note member { id } decidedBy { id } connectedApp { name } }";
const DECIDED = `${REQUEST.slice(0, -2)} } organization { connectedAppPolicy { thirdParty { mode allowedAppIds } } }`;

const ask = async (headers: Record<string, string>, query: string) => {
  const { data, errors } = await post(gateway.url, headers, query);
  expect(errors).toEqual([]);
  return data;
};
const open = async (headers: Record<string, string>, connectedAppId: string, reason?: string) => {
  const { payload } = await mutate(gateway, headers, "requestApp", { connectedAppId, reason }, REQUEST);
  const request = payload?.done as { id: string } | null;
  if (!request) throw new Error(`Not opened: ${JSON.stringify(payload)}`);
  return request;
};
/** The payload has `done: appRequest`, so everything else of it is asked beside. */
const decide = async (headers: Record<string, string>, input: Record<string, unknown>) => {
  const query = `mutation ($input: DecideAppRequestInput!) { decideAppRequest(input: $input) { ${DECIDED} userErrors { code } } }`;
  const { data, errors } = await post<{ decideAppRequest: Record<string, unknown> }>(gateway.url, headers, query, {
    input,
  });
  expect(errors).toEqual([]);
  return data?.decideAppRequest;
};
const availability = async (headers: Record<string, string>, id: string) => {
  const query = `{ listing(connectedAppId: "${id}") { availability appRequest { status reason member { id } } } }`;
  return (await ask(headers, query))?.listing;
};
const clear = async (id: string) =>
  void (await outcome(
    gateway,
    as.service,
    "decideAppRequest",
    { appRequestId: id, decision: "DECLINE" },
    "appRequest { id }",
  ));

test("asked, shown to whom it concerns, approved: the policy is wider by this one app", async () => {
  expect(await availability(as.member, PAYROLL_BRIDGE)).toEqual({ availability: "NEEDS_APPROVAL", appRequest: null });
  const { id } = await open(as.member, PAYROLL_BRIDGE, "For payroll.\nEvery month.");
  const memberId = memberIdOf("harbor-accounting", 6);
  const full = { status: "OPEN", reason: "For payroll.\nEvery month.", member: { id: memberId } };
  expect(await availability(as.member, PAYROLL_BRIDGE)).toEqual({ availability: "NEEDS_APPROVAL", appRequest: full });
  expect(await availability(as.admin, PAYROLL_BRIDGE)).toMatchObject({ appRequest: full });
  // A colleague learns that somebody has asked, not who and why.
  expect(await availability(as.colleague, PAYROLL_BRIDGE)).toMatchObject({
    appRequest: { status: "OPEN", reason: null, member: null },
  });
  expect(await availability(as.bluefinMember, PAYROLL_BRIDGE)).toMatchObject({ appRequest: null });

  const allowed = ["Ledger Export", "Invoice Sync", "Desk Notes"].map(appId);
  gateway.calls();
  const decided = await decide(as.admin, { appRequestId: id, decision: "APPROVE", note: "Have fun." });
  expect(gateway.calls().filter((call) => call.startsWith("PUT"))).toEqual([UPDATE]);
  expect(decided).toEqual({
    appRequest: {
      id,
      status: "APPROVED",
      reason: "For payroll.\nEvery month.",
      note: "Have fun.",
      member: { id: memberId },
      decidedBy: { id: memberIdOf("harbor-accounting", 0) },
      connectedApp: { name: "Payroll Bridge" },
    },
    organization: {
      connectedAppPolicy: { thirdParty: { mode: "RESTRICTED", allowedAppIds: [...allowed, PAYROLL_BRIDGE] } },
    },
    userErrors: [],
  });
  expect(await availability(as.member, PAYROLL_BRIDGE)).toEqual({ availability: "AVAILABLE", appRequest: null });
  expect(await outcome(gateway, as.member, "requestApp", { connectedAppId: PAYROLL_BRIDGE }, REQUEST)).toBe(
    "APP_ALREADY_ALLOWED connectedAppId",
  );
  expect(await outcome(gateway, as.admin, "decideAppRequest", { appRequestId: id, decision: "DECLINE" }, REQUEST)).toBe(
    "APP_REQUEST_DECIDED appRequestId",
  );
});

test("one open request of an Organization and app; declined or withdrawn, it may be asked again", async () => {
  const first = await open(as.member, ATLAS);
  expect(await outcome(gateway, as.colleague, "requestApp", { connectedAppId: ATLAS }, REQUEST)).toBe(
    "APP_REQUEST_OPEN connectedAppId",
  );
  const withdraw = (headers: Record<string, string>) =>
    outcome(gateway, headers, "withdrawAppRequest", { appRequestId: first.id }, REQUEST);
  expect(await withdraw(as.colleague)).toBe("NOT_FOUND appRequestId");
  expect(await withdraw(as.admin)).toBe("NOT_FOUND appRequestId");
  expect(await withdraw(as.member)).toBe("done");
  expect(await withdraw(as.member)).toBe("APP_REQUEST_DECIDED appRequestId");

  const second = await open(as.colleague, ATLAS);
  expect(
    await decide(as.admin, { appRequestId: second.id, decision: "DECLINE", note: "Not this year." }),
  ).toMatchObject({
    appRequest: { status: "DECLINED", note: "Not this year." },
  });
  expect(await availability(as.colleague, ATLAS)).toEqual({ availability: "NEEDS_APPROVAL", appRequest: null });
  // The Member reads the answer; who gave it, only if Stytch lets it read others.
  const query = "{ organization { appRequests(statuses: [DECLINED]) { totalCount nodes { note decidedBy { id } } } } }";
  expect(await ask(as.colleague, query)).toEqual({
    organization: { appRequests: { totalCount: 1, nodes: [{ note: "Not this year.", decidedBy: null }] } },
  });
});

test("where no app of its kind is allowed, approving one allows this one only", async () => {
  expect(await availability(as.bluefinMember, DESK_NOTES)).toMatchObject({ availability: "NOT_ALLOWED" });
  // A list from another time, which Stytch does not look at now.
  const bluefin = gateway.emulator.state.organizations.findBySlug("bluefin");
  if (!bluefin) throw new Error("No such Organization.");
  gateway.emulator.state.organizations.save({ ...bluefin, allowed_third_party_connected_apps: [ATLAS] });
  const { id } = await open(as.bluefinMember, DESK_NOTES);
  expect(await decide(as.bluefinAdmin, { appRequestId: id, decision: "APPROVE" })).toMatchObject({
    organization: { connectedAppPolicy: { thirdParty: { mode: "RESTRICTED", allowedAppIds: [DESK_NOTES] } } },
  });
});

test("an app that was allowed meanwhile is approved without a write", async () => {
  const { id } = await open(as.member, ATLAS);
  const harbor = gateway.emulator.state.organizations.findBySlug("harbor-accounting");
  if (!harbor) throw new Error("No such Organization.");
  const allowed_third_party_connected_apps = [...harbor.allowed_third_party_connected_apps, ATLAS];
  gateway.emulator.state.organizations.save({ ...harbor, allowed_third_party_connected_apps });
  gateway.calls();
  expect(await decide(as.admin, { appRequestId: id, decision: "APPROVE" })).toMatchObject({
    appRequest: { status: "APPROVED" },
  });
  expect(gateway.calls().filter((call) => call.startsWith("PUT"))).toEqual([]);
  gateway.emulator.state.organizations.save(harbor);
});

test("Stytch fails: the request stays open; its answer is lost: approving again finds the app allowed", async () => {
  const { id } = await open(as.member, ATLAS);
  const approve = () =>
    outcome(gateway, as.admin, "decideAppRequest", { appRequestId: id, decision: "APPROVE" }, REQUEST);
  gateway.emulator.faults.inject({ route: UPDATE, fault: { kind: "status", status: 500 } });
  expect(await approve()).toBe("UPSTREAM_UNAVAILABLE");
  expect(await availability(as.member, ATLAS)).toMatchObject({
    availability: "NEEDS_APPROVAL",
    appRequest: { status: "OPEN" },
  });
  gateway.emulator.faults.inject({ route: UPDATE, fault: { kind: "reset-after-effect" } });
  expect(await approve()).toBe("UPSTREAM_UNAVAILABLE");
  expect(await availability(as.member, ATLAS)).toMatchObject({
    availability: "AVAILABLE",
    appRequest: { status: "OPEN" },
  });
  gateway.calls();
  expect(await approve()).toBe("done");
  expect(gateway.calls()).not.toContain(UPDATE);
  const harbor = gateway.emulator.state.organizations.findBySlug("harbor-accounting");
  if (!harbor) throw new Error("No such Organization.");
  const others = harbor.allowed_third_party_connected_apps.filter((other) => other !== ATLAS);
  gateway.emulator.state.organizations.save({ ...harbor, allowed_third_party_connected_apps: others });
});

test.each([
  ["reason", "requestApp", { connectedAppId: ATLAS, reason: "x".repeat(1001) }],
  ["reason", "requestApp", { connectedAppId: ATLAS, reason: "safe\u202Eelif" }],
])("%s of %s is checked", async (field, mutation, input) => {
  expect(await outcome(gateway, as.member, mutation, input, REQUEST)).toBe(`INVALID ${field}`);
});

test("admins page through all requests, newest first; a cursor of another Organization is refused", async () => {
  const { id } = await open(as.member, ATLAS);
  const query = (args: string) =>
    `{ organization { appRequests${args} { totalCount nodes { id status } pageInfo { endCursor hasNextPage } } } }`;
  type Page = {
    organization: {
      appRequests: {
        totalCount: number;
        nodes: { id: string; status: string }[];
        pageInfo: { endCursor: string; hasNextPage: boolean };
      };
    };
  };
  const page = async (args: string) => ((await ask(as.admin, query(args))) as Page).organization.appRequests;
  const first = await page("(first: 1)");
  expect(first.nodes).toEqual([{ id, status: "OPEN" }]);
  const rest = await page(`(first: 100, after: "${first.pageInfo.endCursor}")`);
  expect(rest.nodes).toHaveLength(first.totalCount - 1);
  expect(rest.nodes.map((node) => node.id)).not.toContain(id);
  const open_ = await page("(statuses: [OPEN])");
  expect(open_.nodes).toHaveLength(1);
  const foreign = await post(gateway.url, as.bluefinAdmin, query(`(after: "${first.pageInfo.endCursor}")`));
  expect(codeOf(foreign)).toBe("BAD_USER_INPUT");
  await clear(id);
});

test("what happened is in the Organization's audit lines, without the people's words", async () => {
  const withdrawn = await open(as.member, ATLAS, "top secret reason");
  expect(await outcome(gateway, as.member, "withdrawAppRequest", { appRequestId: withdrawn.id }, REQUEST)).toBe("done");
  const { id } = await open(as.member, ATLAS, "top secret reason");
  await decide(as.admin, { appRequestId: id, decision: "DECLINE", note: "top secret note" });
  const lines = gateway.logs.filter(({ msg }) => msg === "audit");
  expect(lines.at(-3)).toMatchObject({
    action: "APP_REQUEST_WITHDRAWN",
    outcome: "DONE",
    changes: [{ field: "status", before: "OPEN", after: "WITHDRAWN" }],
  });
  expect(lines.at(-2)).toMatchObject({ action: "APP_REQUESTED", outcome: "DONE", connectedAppId: ATLAS });
  expect(lines.at(-1)).toMatchObject({
    action: "APP_REQUEST_DECIDED",
    outcome: "DONE",
    changes: [{ field: "status", before: "OPEN", after: "DECLINED" }],
  });
  const approved = await open(as.member, ATLAS, "top secret reason");
  await decide(as.admin, { appRequestId: approved.id, decision: "APPROVE", note: "top secret note" });
  // Two deeds: the policy may have changed although the request could not be ended.
  const [policy, decision] = gateway.logs.filter(({ msg }) => msg === "audit").slice(-2);
  const widening = expect.arrayContaining([expect.objectContaining({ after: expect.stringContaining(ATLAS) })]);
  expect(policy).toMatchObject({ action: "CONNECTED_APP_POLICY_UPDATED", outcome: "DONE", changes: widening });
  expect(decision).toMatchObject({ action: "APP_REQUEST_DECIDED", outcome: "DONE", changes: widening });
  expect(JSON.stringify(gateway.logs)).not.toContain("top secret");
});
