import type { Client } from "@urql/core";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { MEMBERS, type Members, membersOf, REVOKE, type Revoke } from "./documents";
import { createClient } from "./snippets/urql-client";

let gateway: TestGateway;
let client: Client;
beforeAll(async () => {
  gateway = await startTestGateway();
  const { emulator, url } = gateway;
  const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.adminId });
  client = createClient(`${url}/graphql`, session_token);
});
afterAll(() => gateway.stop());

test("query, page, mutate, and the cache right afterwards", async () => {
  const first = await client.query<Members>(MEMBERS, {}).toPromise();
  expect(first.error).toBeUndefined();
  expect(membersOf(first.data)).toHaveLength(4);
  const after = first.data?.organization.members.pageInfo.endCursor;
  const second = await client.query<Members>(MEMBERS, { after }).toPromise();
  expect(membersOf(second.data)).toHaveLength(4);

  gateway.calls();
  expect((await client.query<Members>(MEMBERS, {}).toPromise()).data).toEqual(first.data);
  expect(gateway.calls()).toEqual([]);

  const member = membersOf(first.data).find(({ authorizations }) => authorizations.length > 0);
  const [gone, ...left] = member?.authorizations ?? [];
  if (!member || !gone) throw new Error("Nobody has authorized anything.");
  const input = { memberId: member.id, connectedAppId: gone.connectedApp.id };
  const { data } = await client.mutation<Revoke>(REVOKE, { input }).toPromise();
  expect(data?.revokeMemberApp).toMatchObject({ revokedAuthorizationId: gone.id, userErrors: [] });

  // The document cache drops every answer that holds a type of the payload: the `member` in it is enough.
  gateway.calls();
  const again = await client.query<Members>(MEMBERS, {}).toPromise();
  expect(gateway.calls()).not.toEqual([]);
  expect(membersOf(again.data).find(({ id }) => id === member.id)?.authorizations).toEqual(left);
});
