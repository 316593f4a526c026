import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const ORGANIZATIONS = "{ organizations(first: 2) { nodes { id } } }";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.calls());
afterAll(() => gateway.stop());

async function operator() {
  const { operatorId } = gateway.emulator.seeded.people;
  const { session_jwt, member_session_id } = await gateway.emulator.mintSession({ memberId: operatorId });
  return { memberId: operatorId, sessionId: member_session_id, headers: { authorization: `Bearer ${session_jwt}` } };
}

test("an operator is confirmed with Stytch before it reads across tenants, though its JWT verifies here", async () => {
  const { headers } = await operator();
  expect((await post(gateway.url, headers, ORGANIZATIONS)).errors).toEqual([]);
  expect(gateway.calls()[0]).toBe(AUTHENTICATE);
});

test("one whose session was revoked reads nothing", async () => {
  const { headers, sessionId } = await operator();
  const session = gateway.emulator.state.sessions.get(sessionId);
  if (session) gateway.emulator.state.sessions.delete(session);
  const answer = await post(gateway.url, headers, ORGANIZATIONS);
  expect([codeOf(answer), answer.data]).toEqual(["UNAUTHENTICATED", null]);
  expect(gateway.calls()).toEqual([AUTHENTICATE]);
});

test("one that has lost its role reads nothing across tenants", async () => {
  const { headers, memberId } = await operator();
  const { state } = gateway.emulator;
  const member = state.requireMemberById(memberId);
  state.members.save({ ...member, roles: [] });
  try {
    const answer = await post(gateway.url, headers, ORGANIZATIONS);
    expect(codeOf(answer)).toBe("FORBIDDEN");
    expect(gateway.calls()).toEqual([AUTHENTICATE]);
  } finally {
    state.members.save(member);
  }
});
