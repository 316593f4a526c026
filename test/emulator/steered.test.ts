import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { startTestGateway, type TestGateway } from "../support/gateway";

/**
 * As a user of the package tests an app of theirs: the emulator is known by its address only, and steered over HTTP.
 * What is under test here is the gateway's consent page.
 */
let gateway: TestGateway;
let browser: Browser;
let emulatorUrl: string;
/** Where the app under test waits for its code. */
let app: Server;
let callback: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  emulatorUrl = gateway.emulator.url;
  app = createServer((_, response) => response.end("Connected.")).listen(0, "127.0.0.1");
  await once(app, "listening");
  const address = app.address();
  callback = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/callback`;
  const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
  browser = await playwright.launch({ executablePath: await chromium.executablePath(), args });
});
afterAll(async () => {
  await browser.close();
  app.close();
  await gateway.stop();
});

interface Project {
  project_id: string;
  secret: string;
  seeded: { people: { memberId: string }; demoApp: { clientId: string } };
}

async function steer<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${emulatorUrl}/_emulator${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function token(fields: Record<string, string>) {
  const response = await fetch(`${emulatorUrl}/v1/oauth2/token`, { method: "POST", body: new URLSearchParams(fields) });
  return (await response.json()) as { access_token?: string; refresh_token?: string; error_type?: string };
}

const DAYS = 24 * 3600;

test("a Member allows an app, which refreshes for three months and not a day longer", async () => {
  await steer("POST", "/reset");
  const { seeded } = await steer<Project>("GET", "/project");
  const state = await steer<{ connected_apps: object[] }>("GET", "/state");
  const notes = { client_id: "app-notes", client_type: "third_party_public", client_name: "Notes", secret: null };
  const connected_apps = [...state.connected_apps, { ...notes, redirect_urls: [callback] }];
  await steer("PUT", "/state", { ...state, connected_apps });
  const { session_token } = await steer<{ session_token: string }>("POST", "/sessions", {
    member_id: seeded.people.memberId,
  });

  const context = await browser.newContext();
  await context.addCookies([{ name: "stytch_session", value: session_token, url: gateway.url, httpOnly: true }]);
  const page = await context.newPage();
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({
    response_type: "code",
    client_id: notes.client_id,
    redirect_uri: callback,
    scope: "openid offline_access",
    state: "s",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  await page.goto(`${gateway.url}/oauth/authorize?${query}`);
  expect(await page.textContent("h1")).toContain("Notes");
  await page.click("button:text-is('Allow')");
  await page.waitForURL(/\/callback\?/);
  const code = new URL(page.url()).searchParams.get("code") ?? "";
  await context.close();

  const client = { client_id: notes.client_id };
  const first = await token({ grant_type: "authorization_code", code, ...client, code_verifier: verifier });
  const refresh = ({ refresh_token = "" }) => token({ grant_type: "refresh_token", refresh_token, ...client });
  await steer("POST", "/clock/advance", { seconds: 60 * DAYS });
  const second = await refresh(first);
  expect(second.access_token).toBeDefined();
  await steer("POST", "/clock/advance", { seconds: 91 * DAYS });
  expect(await refresh(second)).toMatchObject({ error_type: "idp_refresh_token_expired" });
});
