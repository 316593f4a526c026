import { ENGINES, type Engine, startEngine } from "./engines";
import { openTestLedger, type TestLedger } from "./ledger";

const actor = { kind: "MEMBER", id: "member-1" } as const;
const intent = {
  action: "AUTHORIZATION_REVOKED",
  actor,
  target: { organizationId: "organization-1", memberId: "member-1", connectedAppId: "app-1" },
  requestId: "request-1",
} as const;

describe.each(ENGINES)("operations on %s", (name) => {
  let engine: Engine;
  let ledger: TestLedger;
  beforeAll(async () => {
    engine = await startEngine(name);
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    ledger = await openTestLedger(await engine.create());
  });
  afterEach(() => ledger.stop());

  test("an operation is open until it is finished, and then one event", async () => {
    const operation = await ledger.operations.begin(intent);
    expect(await ledger.operations.countOpen()).toBe(1);
    expect(await ledger.log()).toEqual([]);
    expect(
      await ledger.operations.finish(operation, { outcome: "DONE", stytchRequestIds: ["request-id-test-1"] }),
    ).toBe(true);
    expect(await ledger.operations.finish(operation, { outcome: "FAILED" })).toBe(false);
    expect(await ledger.operations.countOpen()).toBe(0);
    expect(await ledger.log()).toMatchObject([
      { action: "AUTHORIZATION_REVOKED", outcome: "DONE", actor, position: 1, stytchRequestIds: ["request-id-test-1"] },
    ]);
  });
});
