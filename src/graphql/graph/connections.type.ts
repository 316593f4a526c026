import { connectionOf } from "../relay/connection.type";
import { AuditEvent } from "./audit-event.type";
import { ConnectedApp } from "./connected-app.type";
import { Member } from "./member.type";
import { Organization } from "./organization.type";

export const OrganizationConnection = connectionOf(Organization);
export const MemberConnection = connectionOf(Member);
export const AuditEventConnection = connectionOf(AuditEvent);
export const ConnectedAppConnection = connectionOf(ConnectedApp);
