import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
let headers: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway();
  headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken({ scopes: ["manage:clients"] })}` };
});
afterAll(() => gateway.stop());

const CREATE = 'createClient(input: { clientType: THIRD_PARTY, name: "First" }) { clientSecret connectedApp { id } }';
const REVOKE =
  'revokeMemberApp(input: { memberId: "member-test-1", connectedAppId: "connected-app-test-1" }) { userErrors { code } }';

interface Answered {
  createClient: { clientSecret: string; connectedApp: { id: string } } | null;
  revokeMemberApp: object | null;
  again: object | null;
}

test("a mutation that is forbidden does not take the secret of the one before it", async () => {
  const { data, errors } = await post<Answered>(gateway.url, headers, `mutation { ${CREATE} ${REVOKE} }`);
  expect(data?.createClient).toEqual({ clientSecret: expect.stringMatching(/./), connectedApp: expect.anything() });
  expect(data?.revokeMemberApp).toBeNull();
  expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([[["revokeMemberApp"], "FORBIDDEN"]]);
});

test("nor does one whose answer is lost", async () => {
  const again = CREATE.replace("createClient", "again: createClient").replace("First", "Second");
  const { faults } = gateway.emulator;
  const route = "POST /v1/connected_apps/clients";
  faults.inject({ route, fault: { kind: "delay", ms: 0 } });
  faults.inject({ route, fault: { kind: "reset-after-effect" } });
  const { data, errors } = await post<Answered>(gateway.url, headers, `mutation { ${CREATE} ${again} }`);
  faults.clear();
  expect(data?.createClient?.clientSecret).toMatch(/./);
  expect(data?.again).toBeNull();
  expect(errors.map(({ path, extensions }) => [path, extensions.outcome])).toEqual([[["again"], "UNKNOWN"]]);
});
