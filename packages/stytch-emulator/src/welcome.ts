import type { Emulator } from "./emulator";

/** What a newcomer needs to make the first call: who there is, and a credential for each. */
export interface Welcome {
  text(gatewayUrl: string): string;
  /** For Apollo Sandbox: the admin of a customer, who can try most of the schema. */
  sandboxHeaders: Record<string, string>;
}

/** Longer than a working day, so that printed credentials outlive it. An expired JWT of a live session still works. */
const SESSION_MINUTES = 7 * 24 * 60;

export async function welcome(emulator: Emulator): Promise<Welcome> {
  const { memberId, adminId, operatorId } = emulator.seeded.people;
  const mint = (id: string) => emulator.mintSession({ memberId: id, durationMinutes: SESSION_MINUTES });
  const [member, admin, operator] = await Promise.all([mint(memberId), mint(adminId), mint(operatorId)]);
  const service = await emulator.mintM2mToken();
  const admins = emulator.state.requireMemberById(adminId);
  const { organization_name } = emulator.state.requireOrganization(admins.organization_id);

  const text = (gateway: string) => `
marketplace-gateway runs on an embedded Stytch emulator: no account needed, nothing is kept after it stops.

  GraphQL and Apollo Sandbox   ${gateway}/graphql
  Demo app: sign in, consent   ${emulator.url}/demo
  Sign in as any Member        ${emulator.url}/login
  Emulated Stytch API          ${emulator.url}

Send one of these as "Authorization: Bearer <token>":

  Member of ${organization_name}
  ${member.session_jwt}

  Admin of ${organization_name} (filled into Sandbox)
  ${admin.session_jwt}

  Operator, a person
  ${operator.session_jwt}

  Operator, a service (M2M, every scope)
  ${service}
`;
  return { text, sandboxHeaders: { Authorization: `Bearer ${admin.session_jwt}` } };
}
