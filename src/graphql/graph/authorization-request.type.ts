import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { toPublicApp } from "../../marketplace/listing";
import type { PendingConsent } from "../../oauth/consent";
import { ConnectedApp, toListedApp } from "./connected-app.type";
import { Member, toMember } from "./member.type";
import { Organization, toOrganization } from "./organization.type";

@ObjectType({ simpleResolvers: true, description: "A scope that an app asks for, as the Member is to see it." })
export class RequestedScope {
  @Field(() => String, { description: "Its name in the project's RBAC policy, or one of OpenID Connect's." })
  scope!: string;

  @Field(() => String, { description: "What it allows, for people." })
  description!: string;

  @Field(() => Boolean, { description: "Whether the Member's roles cover it. Others are never granted." })
  grantable!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "One pending consent: what an app asks of a Member. It lives for 10 minutes, is decided once with `submitConsent`, and can be seen only with the session (or by the operator service) that started it.",
})
export class AuthorizationRequest {
  @Field(() => ID, { description: "Names the request in `submitConsent`. A secret of the session that started it." })
  id!: string;

  @Field(() => ConnectedApp, { description: "Who asks. Its name and description are untrusted text: escape them." })
  connectedApp!: ConnectedApp;

  @Field(() => Member, { description: "Who is asked." })
  member!: Member;

  @Field(() => Organization, { description: "The Member's Organization: whose data the app would see." })
  organization!: Organization;

  @Field(() => String, { description: "Where the answer goes. Show its host. Do not send anybody there yourself." })
  redirectUri!: string;

  @Field(() => Boolean, {
    description: "False: the Member need not be asked; call `submitConsent` with ALLOW at once.",
  })
  consentRequired!: boolean;

  @Field(() => [RequestedScope], { description: "In the order of the request." })
  scopes!: RequestedScope[];

  @Field(() => GraphQLDateTime, { description: "After it `submitConsent` answers REQUEST_EXPIRED." })
  expiresAt!: Date;
}

export const toAuthorizationRequest = ({
  request,
  client,
  member,
  organization,
}: PendingConsent): AuthorizationRequest => ({
  id: request.id,
  connectedApp: toListedApp(toPublicApp(client)),
  member: toMember(member),
  organization: toOrganization(organization),
  redirectUri: request.parameters.redirectUri,
  consentRequired: request.consentRequired,
  scopes: request.scopes,
  expiresAt: new Date(request.expiresAt),
});
