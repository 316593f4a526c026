import { memberIdOf } from "stytch-emulator";
import { authorizePath, Browser, CALLBACK, type ConsentTests, heading, startConsentTests } from "./setup";

let tests: ConsentTests;
let paths: string[];
beforeAll(async () => {
  tests = await startConsentTests();
  const { id } = await tests.newClient("THIRD_PARTY");
  paths = [authorizePath({ client_id: id, redirect_uri: CALLBACK, scope: "openid" }), "/account/apps"];
});
afterAll(() => tests.stop());

const mint = (memberId: string) => tests.emulator.mintSession({ memberId });

/** Cookies that a login page takes for a live session, and that say nothing certain. */
const CIRCLES: [string, () => Promise<Record<string, string>>][] = [
  [
    "two live sessions",
    async () => ({
      stytch_session: (await mint(tests.bookkeeper)).session_token,
      stytch_session_jwt: (await mint(memberIdOf("bluefin", 0))).session_jwt,
    }),
  ],
  [
    "a live session beside one that has ended",
    async () => {
      const ended = await mint(memberIdOf("bluefin", 0));
      const session = tests.emulator.state.sessions.get(ended.member_session_id);
      if (session) tests.emulator.state.sessions.delete(session);
      return { stytch_session: ended.session_token, stytch_session_jwt: (await mint(tests.bookkeeper)).session_jwt };
    },
  ],
];

test.each(CIRCLES)("%s: to the login page once, then a page that says so instead of a circle", async (_, cookies) => {
  for (const path of paths) {
    const browser = new Browser(tests.url);
    for (const [name, value] of Object.entries(await cookies())) browser.cookies.set(name, value);
    const login = (await browser.get(path)).headers.get("location") ?? "";
    expect(new URL(login).searchParams.get("return_to")).toBe(path);

    // The login page sees a live session, and sends the browser back as it is.
    const back = await browser.get(path);
    const page = await back.text();
    expect([back.status, back.headers.get("location")]).toEqual([400, null]);
    expect(heading(page)).toBe("Please sign out, then sign in again");
    expect(page).toMatch(/href="http:[^"]+\/login\?[^"]+">Sign in again</);

    // Signed in properly, everything is as it should be.
    const { session_token, session_jwt } = await mint(tests.bookkeeper);
    browser.cookies.set("stytch_session", session_token).set("stytch_session_jwt", session_jwt);
    expect((await browser.get(path)).status).toBe(200);
  }
});

test("without a session every visit leads to the login page", async () => {
  const browser = new Browser(tests.url);
  for (const path of [...paths, ...paths]) expect((await browser.get(path)).status).toBe(303);
});
