import { html } from "ghtml";
import type { Member, Organization } from "../state/records";
import type { Reply } from "../wire/operation";
import { page } from "./page";

/** A generated marketplace may have thousands of each. */
export const MAX_ORGANIZATIONS = 50;
export const MAX_MEMBERS = 100;

export interface LoginView {
  returnTo: string;
  signedIn: { member: Member; organization: Organization } | null;
  organizations: { organization: Organization; members: Member[]; total: number }[];
}

export const loginPage = ({ returnTo, signedIn, organizations }: LoginView): Reply =>
  page(
    "Sign in to the emulator",
    html`
<h1>Sign in as anyone</h1>
<p class="muted">This is the local emulator's stand-in for your login page. No password is asked.</p>
!${signedIn ? signedInCard(signedIn) : ""}
<form method="post" action="/login">
<input type="hidden" name="return_to" value="${returnTo}">
!${organizations.map((group, index) => organizationList(group, index === 0))}
</form>`,
  );

const signedInCard = ({ member, organization }: NonNullable<LoginView["signedIn"]>): string => html`
<form class="card" method="post" action="/logout">
<p>Signed in as <strong>${member.name}</strong> of ${organization.organization_name}.</p>
<button>Sign out</button>
</form>`;

const organizationList = (
  { organization, members, total }: LoginView["organizations"][number],
  isOpen: boolean,
): string => html`
<details !${isOpen ? "open" : ""}>
<summary>${organization.organization_name} <small>${total} Members</small></summary>
<ul>!${members.map(memberRow)}</ul>
!${total > members.length ? html`<p class="muted">The first ${members.length} are shown.</p>` : ""}
</details>`;

const memberRow = (member: Member): string => html`
<li><button class="row" name="member_id" value="${member.member_id}">
${member.name}
<small>${[member.email_address, ...member.roles.map((role) => role.role_id)].join(" · ")}</small>
</button></li>`;
