import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { authChecker } from "./auth-checker";
import { AuthorizationResolver } from "./resolvers/authorization.resolver";
import { AuthorizationRequestResolver } from "./resolvers/authorization-request.resolver";
import { ClientResolver } from "./resolvers/client.resolver";
import { ClientRegistrationResolver, ConnectedAppResolver } from "./resolvers/connected-app.resolver";
import { ConnectedAppPolicyResolver } from "./resolvers/connected-app-policy.resolver";
import { MemberResolver } from "./resolvers/member.resolver";
import { NodeResolver } from "./resolvers/node.resolver";
import { OrganizationResolver } from "./resolvers/organization.resolver";
import { RevokeMemberAppResolver } from "./resolvers/revoke-member-app.resolver";
import { ViewerResolver } from "./resolvers/viewer.resolver";

/** No validation by decorators: inputs check themselves, so that problems become `userErrors`. */
export const createSchema = (): GraphQLSchema =>
  buildSchemaSync({
    resolvers: [
      ViewerResolver,
      NodeResolver,
      OrganizationResolver,
      MemberResolver,
      ConnectedAppResolver,
      ClientRegistrationResolver,
      AuthorizationResolver,
      AuthorizationRequestResolver,
      ClientResolver,
      RevokeMemberAppResolver,
      ConnectedAppPolicyResolver,
    ],
    authChecker,
    validate: false,
  });
