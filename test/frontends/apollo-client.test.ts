import type { ApolloClient } from "@apollo/client";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { MEMBERS, type Members, membersOf, NODE, REVOKE, type Revoke } from "./documents";
import { createClient } from "./snippets/apollo-client";
import { forget } from "./snippets/apollo-forget";

let gateway: TestGateway;
let client: ApolloClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  const { emulator, url } = gateway;
  const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.adminId });
  client = createClient(`${url}/graphql`, session_token);
});
afterAll(async () => {
  client.stop();
  await gateway.stop();
});

const cached = () => membersOf(client.readQuery<Members>({ query: MEMBERS }) ?? undefined);

test("query, page, mutate, and the cache right afterwards", async () => {
  const watched = client.watchQuery<Members>({ query: MEMBERS });
  const first = await client.query<Members>({ query: MEMBERS });
  expect(membersOf(first.data)).toHaveLength(4);

  const shown = watched.subscribe(() => undefined);
  await watched.fetchMore({ variables: { after: first.data?.organization.members.pageInfo.endCursor } });
  expect(new Set(cached().map(({ id }) => id)).size).toBe(8);
  expect(cached().slice(0, 4)).toEqual(membersOf(first.data));

  const member = membersOf(first.data).find(({ authorizations }) => authorizations.length > 0);
  const [gone, ...left] = member?.authorizations ?? [];
  if (!member || !gone) throw new Error("Nobody has authorized anything.");
  await client.mutate<Revoke>({
    mutation: REVOKE,
    variables: { input: { memberId: member.id, connectedAppId: gone.connectedApp.id } },
    update(cache, { data }) {
      if (!data) throw new Error("The payload does not say what is gone.");
      forget(cache, data);
    },
  });
  const after = cached().find(({ id }) => id === member.id);
  expect(after?.authorizations).toEqual(left);
  expect(cached()).toHaveLength(8);
  shown.unsubscribe();

  // What the cache says is what the gateway says.
  const fresh = await client.query<Members>({ query: MEMBERS, fetchPolicy: "no-cache" });
  expect(membersOf(fresh.data).find(({ id }) => id === member.id)?.authorizations).toEqual(left);
});

test("an object by its id, through the interface, is the same one in the cache", async () => {
  const [member] = cached();
  const { data } = await client.query<{ node: { id: string; name: string } | null }>({
    query: NODE,
    variables: { id: member?.id },
  });
  expect(data?.node).toMatchObject({ __typename: "Member", id: member?.id, name: member?.name });
});
