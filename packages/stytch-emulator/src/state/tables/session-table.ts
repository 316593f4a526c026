import type { Session } from "../records";

/** Member sessions, found by id or by their opaque token. */
export class SessionTable {
  private readonly byId = new Map<string, Session>();
  private readonly idByToken = new Map<string, string>();

  get(memberSessionId: string): Session | undefined {
    return this.byId.get(memberSessionId);
  }

  findByToken(sessionToken: string): Session | undefined {
    const id = this.idByToken.get(sessionToken);
    return id === undefined ? undefined : this.byId.get(id);
  }

  ofMember(memberId: string): Session[] {
    return [...this.byId.values()].filter((session) => session.member_id === memberId);
  }

  save(session: Session): void {
    this.byId.set(session.member_session_id, session);
    this.idByToken.set(session.session_token, session.member_session_id);
  }

  delete(session: Session): void {
    this.byId.delete(session.member_session_id);
    this.idByToken.delete(session.session_token);
  }

  values(): IterableIterator<Session> {
    return this.byId.values();
  }

  clear(): void {
    this.byId.clear();
    this.idByToken.clear();
  }
}
