import { MyAuthorizationsDocument } from "../generated/graphql";
import { CALLBACK, type ConsentTests, startConsentTests } from "../oauth/setup";

let tests: ConsentTests;
beforeAll(async () => {
  tests = await startConsentTests();
});
afterAll(() => tests.stop());

test("Authorization.scopes are those of the last authorization, not the union of all", async () => {
  const { emulator, bookkeeper } = tests;
  const { id } = await tests.newClient("THIRD_PARTY");
  const member = await tests.as(bookkeeper);
  const { organization_id } = emulator.state.requireMemberById(bookkeeper);
  for (const scopes of [["openid", "profile"], ["openid", "profile", "email"], ["openid"]]) {
    const response = await fetch(`${emulator.url}/v1/b2b/idp/oauth/authorize`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${emulator.projectId}:${emulator.secret}`)}` },
      body: JSON.stringify({
        client_id: id,
        redirect_uri: CALLBACK,
        response_type: "code",
        organization_id,
        member_id: bookkeeper,
        scopes,
        consent_granted: true,
      }),
    });
    expect(response.status).toBe(200);
    const { viewer } = await member.request(MyAuthorizationsDocument);
    const shown = viewer?.member?.authorizations?.find(({ connectedApp }) => connectedApp.id === id);
    expect(shown?.scopes.toSorted()).toEqual(scopes.toSorted());
  }
});
