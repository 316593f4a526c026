import type { ClientType } from "../generated/graphql";
import {
  AUTHORIZE,
  CALLBACK,
  CHALLENGE,
  type ConsentTests,
  MEMBER_APPS,
  type Outcome,
  REGISTRATION,
  START,
  startConsentTests,
  throughMutations,
  throughPage,
} from "./setup";

let tests: ConsentTests;
beforeEach(async () => {
  tests = await startConsentTests();
});
afterEach(() => tests.stop());

const PKCE = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
const GRANTED = { tenant: "7", code: "issued", state: "s t+%" };
const DENIED = {
  tenant: "7",
  error: "access_denied",
  error_description: "The resource owner denied the request.",
  state: "s t+%",
};
const refusedWith = (error: string, error_description: string) => ({
  tenant: "7",
  error,
  error_description,
  state: "s t+%",
});

interface Case {
  name: string;
  type?: ClientType;
  query?: Record<string, string>;
  decision?: "allow" | "deny";
  /** Of the Member when it starts; bookkeeper otherwise. */
  roles?: string[];
  between?: () => void;
  page: Outcome;
  /** Where it differs: a refusal is a userError there. */
  mutations?: Outcome;
  calls: string[];
  scopes?: string[];
}

const cases: Case[] = [
  {
    name: "third party, allow",
    page: { answer: GRANTED },
    calls: [START, START, AUTHORIZE],
    scopes: ["openid", "read:ledger"],
  },
  { name: "third party, deny", decision: "deny", page: { answer: DENIED }, calls: [START, START, AUTHORIZE] },
  {
    name: "third party public with PKCE",
    type: "THIRD_PARTY_PUBLIC",
    query: PKCE,
    page: { answer: GRANTED },
    calls: [START, START, AUTHORIZE],
  },
  {
    name: "third party public without PKCE",
    type: "THIRD_PARTY_PUBLIC",
    page: { answer: refusedWith("invalid_request", "Public clients must send a PKCE code challenge.") },
    mutations: { refused: "INVALID" },
    calls: [START],
  },
  {
    name: "first party is not asked",
    type: "FIRST_PARTY",
    page: { answer: GRANTED },
    calls: [START, START, AUTHORIZE],
  },
  {
    name: "first party that asks for the question",
    type: "FIRST_PARTY",
    query: { prompt: "consent" },
    decision: "deny",
    page: { answer: DENIED },
    calls: [START, START, AUTHORIZE],
  },
  {
    name: "offline access of a first party",
    type: "FIRST_PARTY",
    query: { scope: "openid offline_access" },
    page: { answer: GRANTED },
    calls: [START, START, AUTHORIZE],
  },
  {
    name: "a scope that cannot be granted is left out",
    query: { scope: "openid delete:ledger" },
    page: { answer: GRANTED },
    calls: [START, START, AUTHORIZE],
    scopes: ["openid"],
  },
  {
    name: "only scopes that cannot be granted",
    query: { scope: "delete:ledger" },
    page: { answer: refusedWith("invalid_scope", "No scope can be given.") },
    mutations: { refused: "SCOPE_NOT_GRANTABLE" },
    calls: [START, START],
  },
  {
    name: "a scope that does not exist",
    query: { scope: "openid paint:ledger" },
    page: { answer: refusedWith("invalid_scope", "A scope does not exist, or none was asked for that can be given.") },
    mutations: { refused: "INVALID" },
    calls: [START],
  },
  {
    name: "roles taken away in between shrink the grant",
    between: () => tests.setRoles([]),
    page: { answer: GRANTED },
    calls: [START, START, AUTHORIZE],
    scopes: ["openid"],
  },
  {
    name: "roles given in between do not widen it",
    query: { scope: "openid read:ledger write:ledger" },
    roles: ["auditor"],
    between: () => tests.setRoles(["bookkeeper"]),
    page: { answer: GRANTED },
    calls: [START, START, AUTHORIZE],
    scopes: ["openid", "read:ledger"],
  },
  {
    name: "the Organization forbids the app in between",
    between: () => tests.setPolicy("NOT_ALLOWED"),
    page: {
      answer: refusedWith("unauthorized_client", "The Organization's Connected App policy does not allow this app."),
    },
    mutations: { refused: "REFUSED_BY_POLICY" },
    calls: [START, START],
  },
];

test.each(cases)("$name: the page and the mutations do the same", async (given) => {
  const {
    type = "THIRD_PARTY",
    query = {},
    decision = "allow",
    between,
    page,
    mutations = page,
    calls,
    scopes,
  } = given;
  for (const [through, expected] of [
    [throughPage, page],
    [throughMutations, mutations],
  ] as const) {
    tests.setRoles(given.roles ?? ["bookkeeper"]);
    tests.setPolicy("ALL_ALLOWED");
    const { id } = await tests.newClient(type);
    const complete = { client_id: id, redirect_uri: CALLBACK, scope: "openid read:ledger", state: "s t+%", ...query };
    const flow = { query: complete, decision, ...(between && { between }) };
    expect([through.name, await through(tests, flow)]).toEqual([through.name, expected]);
    const grant = tests.emulator.state.grants.get(tests.bookkeeper, id);
    if (scopes) expect(grant?.scopes).toEqual(scopes);
    if (!expected.answer?.code) expect(grant?.scopes ?? null).toBeNull();
    expect(tests.calls().filter((route) => route !== REGISTRATION && route !== MEMBER_APPS)).toEqual(calls);
  }
});

test("what the client sent reaches Stytch whole, and only then", async () => {
  const { id } = await tests.newClient("THIRD_PARTY");
  const query = {
    client_id: id,
    redirect_uri: CALLBACK,
    scope: "openid openid read:ledger",
    state: "é",
    nonce: "n&",
    resource: "https://api.example/x",
    ...PKCE,
  };
  for (const through of [throughPage, throughMutations]) {
    await through(tests, { query: { ...query, prompt: "consent" }, decision: "allow" });
    const [first, second] = tests.emulator.requests(START);
    const [last] = tests.emulator.requests(AUTHORIZE);
    const shared = {
      client_id: id,
      redirect_uri: CALLBACK,
      response_type: "code",
      prompt: "consent",
      scopes: ["openid", "read:ledger"],
    };
    for (const start of [first, second]) expect(start?.body).toEqual({ ...shared, session_jwt: expect.any(String) });
    expect(last?.body).toEqual({
      ...shared,
      session_jwt: expect.any(String),
      consent_granted: true,
      state: "é",
      nonce: "n&",
      code_challenge: CHALLENGE,
      resources: ["https://api.example/x"],
    });
  }
});
