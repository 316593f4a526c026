import { memberIdOf } from "stytch-emulator";
import type { TestGateway } from "./gateway";

/** Every kind of caller that the README lists, with the headers of one of its kind. Members are northwind's. */
export async function callersOf({ emulator }: TestGateway) {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const member = async (memberId: string) => bearer((await emulator.mintSession({ memberId })).session_jwt);
  const service = async (...scopes: string[]) => bearer(await emulator.mintM2mToken({ scopes }));
  const { people, demoApp } = emulator.seeded;
  const stranger = await emulator.mintSession({ memberId: people.operatorId });
  const admin = await member(people.adminId);
  return {
    nobody: {},
    "plain Member": await member(people.memberId),
    "app manager": await member(memberIdOf("northwind", 1)),
    "organization admin": admin,
    "operator person": await member(people.operatorId),
    "service read:marketplace": await service("read:marketplace"),
    "service manage:clients": await service("manage:clients"),
    "service manage:authorizations": await service("manage:authorizations"),
    "service with every scope": await service("read:marketplace", "manage:clients", "manage:authorizations"),
    "a Connected App": bearer(
      await emulator.mintAccessToken({ clientId: demoApp.clientId, memberId: people.adminId, scopes: ["openid"] }),
    ),
    "two identities": { ...admin, cookie: `stytch_session_jwt=${stranger.session_jwt}` },
  } satisfies Record<string, Record<string, string>>;
}

export type CallerKind = keyof Awaited<ReturnType<typeof callersOf>>;
