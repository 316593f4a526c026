import { secretMatches } from "../src/tokens/secrets";
import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk();
});
afterAll(() => context.emulator.stop());

/** A confidential client, and which of the secrets it ever had is good now. */
async function newClient() {
  const { clients } = context.stytch.connectedApp;
  const { connected_app } = await clients.create({ client_type: "third_party" });
  const { client_id, client_secret: first = "" } = connected_app;
  const works = (secret: string) => {
    const stored = context.emulator.state.requireClient(client_id).secret;
    return stored !== null && secretMatches(stored, secret);
  };
  return { client_id, first, works, secrets: clients.secrets };
}

test("start makes a second secret, shown once; both work", async () => {
  const { client_id, first, works, secrets } = await newClient();
  const { connected_app } = await secrets.rotateStart({ client_id });
  const { next_client_secret: next } = connected_app;
  expect(connected_app).toMatchObject({
    client_secret_last_four: first.slice(-4),
    next_client_secret_last_four: next.slice(-4),
  });
  expect(connected_app).not.toHaveProperty("creation_method");
  expect([works(first), works(next), works("wrong")]).toEqual([true, true, false]);
  const { connected_app: read } = await context.stytch.connectedApp.clients.get({ client_id });
  expect(read).toMatchObject({ next_client_secret_last_four: next.slice(-4), creation_method: "API" });
  expect(JSON.stringify(read)).not.toContain(next);
});

test("rotate lets the new secret take over; cancel keeps the old one", async () => {
  for (const [finish, survivor] of [
    ["rotate", "next"],
    ["rotateCancel", "first"],
  ] as const) {
    const { client_id, first, works, secrets } = await newClient();
    const { next_client_secret: next } = (await secrets.rotateStart({ client_id })).connected_app;
    const { connected_app } = await secrets[finish]({ client_id });
    expect({ first: works(first), next: works(next) }).toEqual({ first: false, next: false, [survivor]: true });
    expect(connected_app.client_secret_last_four).toBe({ first, next }[survivor].slice(-4));
    expect(connected_app.next_client_secret_last_four).toBeNull();
    expect(connected_app).toHaveProperty("creation_method");
    expect(Object.values(connected_app)).not.toContain(next);
  }
});

const STEPS = ["rotateStart", "rotate", "rotateCancel"] as const;

test.each([
  ["stable", ["ok", "400 connected_app_not_rotating_secret", "400 connected_app_not_rotating_secret"]],
  ["rotating", ["400 connected_app_already_rotating_secret", "ok", "ok"]],
  ["public", Array(3).fill("400 public_connected_apps_do_not_have_secrets")],
  ["unknown", Array(3).fill("404 connected_app_not_found")],
] as const)("a %s client answers start, rotate, cancel with %j", async (state, expected) => {
  const outcomes = await Promise.all(
    STEPS.map(async (step) => {
      const { client_id, secrets } = await newClient();
      if (state === "rotating") await secrets.rotateStart({ client_id });
      const desktop = await context.stytch.connectedApp.clients.create({ client_type: "third_party_public" });
      const target = { public: desktop.connected_app.client_id, unknown: "connected-app-test-none" };
      return outcome(secrets[step]({ client_id: state in target ? target[state as "public"] : client_id }));
    }),
  );
  expect(outcomes).toEqual(expected);
});
