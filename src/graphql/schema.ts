import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { authChecker } from "./auth-checker";
import { boundLists } from "./bounds/bounded-lists";
import { AppRequestResolver, OrganizationAppRequestsResolver } from "./graph/app-request.resolver";
import {
  AuditActorResolver,
  AuditEventResolver,
  MemberAuditResolver,
  OrganizationAuditResolver,
} from "./graph/audit-event.resolver";
import { AuthorizationResolver } from "./graph/authorization.resolver";
import { AuthorizationRequestResolver } from "./graph/authorization-request.resolver";
import { ClientRegistrationResolver, ConnectedAppResolver } from "./graph/connected-app.resolver";
import { ExplanationResolver } from "./graph/explanation.resolver";
import { ListingResolver } from "./graph/listing.resolver";
import { MemberResolver } from "./graph/member.resolver";
import { NodeResolver } from "./graph/node.resolver";
import { OrganizationResolver } from "./graph/organization.resolver";
import { ScopeResolver } from "./graph/scope.resolver";
import { ClientSecretResolver } from "./graph/secret.type";
import { ViewerResolver } from "./graph/viewer.resolver";
import { AppRequestMutations } from "./mutations/app-requests/app-request.resolver";
import { recordRefusals } from "./mutations/audited";
import { ClientResolver } from "./mutations/clients/client.resolver";
import { ConsentResolver } from "./mutations/consent/consent.resolver";
import { ListingMutations } from "./mutations/listings/listing.resolver";
import { PolicyResolver } from "./mutations/policy/policy.resolver";
import {
  RevokeAppFields,
  RevokeMemberAppFields,
  RevokeMemberAppsFields,
} from "./mutations/revocation/revocation.fields";
import { RevocationResolver } from "./mutations/revocation/revocation.resolver";
import { SecretResolver } from "./mutations/secrets/secret.resolver";

/** type-graphql makes the root types, and has no place for a description of them. */
function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const [query, mutation] = [schema.getQueryType(), schema.getMutationType()];
  if (query) query.description = "What can be read. Another tenant's object looks like an unknown one: null.";
  if (mutation) {
    mutation.description =
      "What can be changed, one field after the other. Expected outcomes are in `userErrors`, and then nothing was changed.";
  }
  return schema;
}

/** No validation by decorators: inputs check themselves, so that problems become `userErrors`. */
export const createSchema = (): GraphQLSchema =>
  boundLists(
    recordRefusals(
      describeRoots(
        buildSchemaSync({
          resolvers: [
            ViewerResolver,
            NodeResolver,
            OrganizationResolver,
            MemberResolver,
            ConnectedAppResolver,
            ClientRegistrationResolver,
            ScopeResolver,
            AuthorizationResolver,
            AuditEventResolver,
            AuditActorResolver,
            OrganizationAuditResolver,
            MemberAuditResolver,
            ClientSecretResolver,
            AuthorizationRequestResolver,
            ExplanationResolver,
            ListingResolver,
            OrganizationAppRequestsResolver,
            AppRequestResolver,
            ClientResolver,
            SecretResolver,
            RevocationResolver,
            RevokeMemberAppFields,
            RevokeAppFields,
            RevokeMemberAppsFields,
            PolicyResolver,
            ListingMutations,
            AppRequestMutations,
            ConsentResolver,
          ],
          authChecker,
          validate: false,
        }),
      ),
    ),
  );
