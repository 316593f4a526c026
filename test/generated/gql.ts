/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query AppAuthorizations($id: ID!, $organizationId: ID) {\n  connectedApp(id: $id) {\n    id\n    name\n    authorizations(organizationId: $organizationId) {\n      id\n      scopes\n      member {\n        id\n        name\n      }\n    }\n  }\n}": typeof types.AppAuthorizationsDocument,
    "mutation CancelSecretRotation($input: CancelSecretRotationInput!) {\n  cancelSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.CancelSecretRotationDocument,
    "mutation CompleteSecretRotation($input: CompleteSecretRotationInput!) {\n  completeSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.CompleteSecretRotationDocument,
    "mutation CreateClient($input: CreateClientInput!) {\n  createClient(input: $input) {\n    clientSecret\n    connectedApp {\n      id\n      name\n      clientType\n      registration {\n        redirectUrls\n        secret {\n          lastFour\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.CreateClientDocument,
    "mutation DeleteClient($input: DeleteClientInput!) {\n  deleteClient(input: $input) {\n    deletedClientId\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.DeleteClientDocument,
    "query Marketplace($first: Int, $after: String) {\n  connectedApps(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n      name\n      clientType\n      registration {\n        status\n        creationMethod\n        redirectUrls\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n  }\n}": typeof types.MarketplaceDocument,
    "query MyAuthorizations {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          clientType\n        }\n      }\n    }\n  }\n}": typeof types.MyAuthorizationsDocument,
    "query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Organization {\n      name\n    }\n    ... on Member {\n      emailAddress\n    }\n    ... on ConnectedApp {\n      name\n    }\n    ... on Authorization {\n      scopes\n    }\n  }\n}": typeof types.NodesDocument,
    "query OrganizationApps($id: ID) {\n  organization(id: $id) {\n    id\n    name\n    connectedAppPolicy {\n      firstParty {\n        mode\n        allowedAppIds\n      }\n      thirdParty {\n        mode\n        allowedAppIds\n      }\n    }\n    connectedApps {\n      id\n      name\n      description\n      clientType\n    }\n  }\n}": typeof types.OrganizationAppsDocument,
    "query OrganizationMembers($id: ID, $first: Int, $after: String, $filter: MemberFilter) {\n  organization(id: $id) {\n    id\n    name\n    members(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      nodes {\n        id\n        name\n        emailAddress\n        status\n        authorizations {\n          scopes\n          connectedApp {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n}": typeof types.OrganizationMembersDocument,
    "query Organizations($first: Int, $after: String, $filter: OrganizationFilter) {\n  organizations(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        slug\n        externalId\n      }\n    }\n  }\n}": typeof types.OrganizationsDocument,
    "mutation RevokeMemberApp($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedConnectedAppId\n    member {\n      id\n      authorizations {\n        connectedApp {\n          id\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.RevokeMemberAppDocument,
    "mutation RotateSecret($input: RotateSecretInput!) {\n  rotateSecret(input: $input) {\n    nextClientSecret\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.RotateSecretDocument,
    "mutation UpdateClient($input: UpdateClientInput!) {\n  updateClient(input: $input) {\n    connectedApp {\n      id\n      name\n      description\n      registration {\n        redirectUrls\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.UpdateClientDocument,
    "mutation UpdateConnectedAppPolicy($input: UpdateConnectedAppPolicyInput!) {\n  updateConnectedAppPolicy(input: $input) {\n    organization {\n      id\n      connectedAppPolicy {\n        firstParty {\n          mode\n          allowedAppIds\n        }\n        thirdParty {\n          mode\n          allowedAppIds\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": typeof types.UpdateConnectedAppPolicyDocument,
    "query Viewer {\n  viewer {\n    isOperator\n    scopes\n    member {\n      id\n      name\n      emailAddress\n      roles\n      isAdmin\n    }\n    organization {\n      id\n      name\n      slug\n    }\n  }\n}": typeof types.ViewerDocument,
};
const documents: Documents = {
    "query AppAuthorizations($id: ID!, $organizationId: ID) {\n  connectedApp(id: $id) {\n    id\n    name\n    authorizations(organizationId: $organizationId) {\n      id\n      scopes\n      member {\n        id\n        name\n      }\n    }\n  }\n}": types.AppAuthorizationsDocument,
    "mutation CancelSecretRotation($input: CancelSecretRotationInput!) {\n  cancelSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.CancelSecretRotationDocument,
    "mutation CompleteSecretRotation($input: CompleteSecretRotationInput!) {\n  completeSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.CompleteSecretRotationDocument,
    "mutation CreateClient($input: CreateClientInput!) {\n  createClient(input: $input) {\n    clientSecret\n    connectedApp {\n      id\n      name\n      clientType\n      registration {\n        redirectUrls\n        secret {\n          lastFour\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.CreateClientDocument,
    "mutation DeleteClient($input: DeleteClientInput!) {\n  deleteClient(input: $input) {\n    deletedClientId\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.DeleteClientDocument,
    "query Marketplace($first: Int, $after: String) {\n  connectedApps(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n      name\n      clientType\n      registration {\n        status\n        creationMethod\n        redirectUrls\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n  }\n}": types.MarketplaceDocument,
    "query MyAuthorizations {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          clientType\n        }\n      }\n    }\n  }\n}": types.MyAuthorizationsDocument,
    "query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Organization {\n      name\n    }\n    ... on Member {\n      emailAddress\n    }\n    ... on ConnectedApp {\n      name\n    }\n    ... on Authorization {\n      scopes\n    }\n  }\n}": types.NodesDocument,
    "query OrganizationApps($id: ID) {\n  organization(id: $id) {\n    id\n    name\n    connectedAppPolicy {\n      firstParty {\n        mode\n        allowedAppIds\n      }\n      thirdParty {\n        mode\n        allowedAppIds\n      }\n    }\n    connectedApps {\n      id\n      name\n      description\n      clientType\n    }\n  }\n}": types.OrganizationAppsDocument,
    "query OrganizationMembers($id: ID, $first: Int, $after: String, $filter: MemberFilter) {\n  organization(id: $id) {\n    id\n    name\n    members(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      nodes {\n        id\n        name\n        emailAddress\n        status\n        authorizations {\n          scopes\n          connectedApp {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n}": types.OrganizationMembersDocument,
    "query Organizations($first: Int, $after: String, $filter: OrganizationFilter) {\n  organizations(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        slug\n        externalId\n      }\n    }\n  }\n}": types.OrganizationsDocument,
    "mutation RevokeMemberApp($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedConnectedAppId\n    member {\n      id\n      authorizations {\n        connectedApp {\n          id\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.RevokeMemberAppDocument,
    "mutation RotateSecret($input: RotateSecretInput!) {\n  rotateSecret(input: $input) {\n    nextClientSecret\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.RotateSecretDocument,
    "mutation UpdateClient($input: UpdateClientInput!) {\n  updateClient(input: $input) {\n    connectedApp {\n      id\n      name\n      description\n      registration {\n        redirectUrls\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.UpdateClientDocument,
    "mutation UpdateConnectedAppPolicy($input: UpdateConnectedAppPolicyInput!) {\n  updateConnectedAppPolicy(input: $input) {\n    organization {\n      id\n      connectedAppPolicy {\n        firstParty {\n          mode\n          allowedAppIds\n        }\n        thirdParty {\n          mode\n          allowedAppIds\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}": types.UpdateConnectedAppPolicyDocument,
    "query Viewer {\n  viewer {\n    isOperator\n    scopes\n    member {\n      id\n      name\n      emailAddress\n      roles\n      isAdmin\n    }\n    organization {\n      id\n      name\n      slug\n    }\n  }\n}": types.ViewerDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query AppAuthorizations($id: ID!, $organizationId: ID) {\n  connectedApp(id: $id) {\n    id\n    name\n    authorizations(organizationId: $organizationId) {\n      id\n      scopes\n      member {\n        id\n        name\n      }\n    }\n  }\n}"): (typeof documents)["query AppAuthorizations($id: ID!, $organizationId: ID) {\n  connectedApp(id: $id) {\n    id\n    name\n    authorizations(organizationId: $organizationId) {\n      id\n      scopes\n      member {\n        id\n        name\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CancelSecretRotation($input: CancelSecretRotationInput!) {\n  cancelSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation CancelSecretRotation($input: CancelSecretRotationInput!) {\n  cancelSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CompleteSecretRotation($input: CompleteSecretRotationInput!) {\n  completeSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation CompleteSecretRotation($input: CompleteSecretRotationInput!) {\n  completeSecretRotation(input: $input) {\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation CreateClient($input: CreateClientInput!) {\n  createClient(input: $input) {\n    clientSecret\n    connectedApp {\n      id\n      name\n      clientType\n      registration {\n        redirectUrls\n        secret {\n          lastFour\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation CreateClient($input: CreateClientInput!) {\n  createClient(input: $input) {\n    clientSecret\n    connectedApp {\n      id\n      name\n      clientType\n      registration {\n        redirectUrls\n        secret {\n          lastFour\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation DeleteClient($input: DeleteClientInput!) {\n  deleteClient(input: $input) {\n    deletedClientId\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation DeleteClient($input: DeleteClientInput!) {\n  deleteClient(input: $input) {\n    deletedClientId\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Marketplace($first: Int, $after: String) {\n  connectedApps(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n      name\n      clientType\n      registration {\n        status\n        creationMethod\n        redirectUrls\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query Marketplace($first: Int, $after: String) {\n  connectedApps(first: $first, after: $after) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      id\n      name\n      clientType\n      registration {\n        status\n        creationMethod\n        redirectUrls\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query MyAuthorizations {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          clientType\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query MyAuthorizations {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          clientType\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Organization {\n      name\n    }\n    ... on Member {\n      emailAddress\n    }\n    ... on ConnectedApp {\n      name\n    }\n    ... on Authorization {\n      scopes\n    }\n  }\n}"): (typeof documents)["query Nodes($ids: [ID!]!) {\n  nodes(ids: $ids) {\n    __typename\n    id\n    ... on Organization {\n      name\n    }\n    ... on Member {\n      emailAddress\n    }\n    ... on ConnectedApp {\n      name\n    }\n    ... on Authorization {\n      scopes\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query OrganizationApps($id: ID) {\n  organization(id: $id) {\n    id\n    name\n    connectedAppPolicy {\n      firstParty {\n        mode\n        allowedAppIds\n      }\n      thirdParty {\n        mode\n        allowedAppIds\n      }\n    }\n    connectedApps {\n      id\n      name\n      description\n      clientType\n    }\n  }\n}"): (typeof documents)["query OrganizationApps($id: ID) {\n  organization(id: $id) {\n    id\n    name\n    connectedAppPolicy {\n      firstParty {\n        mode\n        allowedAppIds\n      }\n      thirdParty {\n        mode\n        allowedAppIds\n      }\n    }\n    connectedApps {\n      id\n      name\n      description\n      clientType\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query OrganizationMembers($id: ID, $first: Int, $after: String, $filter: MemberFilter) {\n  organization(id: $id) {\n    id\n    name\n    members(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      nodes {\n        id\n        name\n        emailAddress\n        status\n        authorizations {\n          scopes\n          connectedApp {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query OrganizationMembers($id: ID, $first: Int, $after: String, $filter: MemberFilter) {\n  organization(id: $id) {\n    id\n    name\n    members(first: $first, after: $after, filter: $filter) {\n      totalCount\n      pageInfo {\n        hasNextPage\n        hasPreviousPage\n        startCursor\n        endCursor\n      }\n      nodes {\n        id\n        name\n        emailAddress\n        status\n        authorizations {\n          scopes\n          connectedApp {\n            id\n            name\n          }\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Organizations($first: Int, $after: String, $filter: OrganizationFilter) {\n  organizations(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        slug\n        externalId\n      }\n    }\n  }\n}"): (typeof documents)["query Organizations($first: Int, $after: String, $filter: OrganizationFilter) {\n  organizations(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    edges {\n      cursor\n      node {\n        id\n        name\n        slug\n        externalId\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation RevokeMemberApp($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedConnectedAppId\n    member {\n      id\n      authorizations {\n        connectedApp {\n          id\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation RevokeMemberApp($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedConnectedAppId\n    member {\n      id\n      authorizations {\n        connectedApp {\n          id\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation RotateSecret($input: RotateSecretInput!) {\n  rotateSecret(input: $input) {\n    nextClientSecret\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation RotateSecret($input: RotateSecretInput!) {\n  rotateSecret(input: $input) {\n    nextClientSecret\n    connectedApp {\n      id\n      registration {\n        secret {\n          lastFour\n          nextLastFour\n          rotationInProgress\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation UpdateClient($input: UpdateClientInput!) {\n  updateClient(input: $input) {\n    connectedApp {\n      id\n      name\n      description\n      registration {\n        redirectUrls\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation UpdateClient($input: UpdateClientInput!) {\n  updateClient(input: $input) {\n    connectedApp {\n      id\n      name\n      description\n      registration {\n        redirectUrls\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation UpdateConnectedAppPolicy($input: UpdateConnectedAppPolicyInput!) {\n  updateConnectedAppPolicy(input: $input) {\n    organization {\n      id\n      connectedAppPolicy {\n        firstParty {\n          mode\n          allowedAppIds\n        }\n        thirdParty {\n          mode\n          allowedAppIds\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"): (typeof documents)["mutation UpdateConnectedAppPolicy($input: UpdateConnectedAppPolicyInput!) {\n  updateConnectedAppPolicy(input: $input) {\n    organization {\n      id\n      connectedAppPolicy {\n        firstParty {\n          mode\n          allowedAppIds\n        }\n        thirdParty {\n          mode\n          allowedAppIds\n        }\n      }\n    }\n    userErrors {\n      code\n      field\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Viewer {\n  viewer {\n    isOperator\n    scopes\n    member {\n      id\n      name\n      emailAddress\n      roles\n      isAdmin\n    }\n    organization {\n      id\n      name\n      slug\n    }\n  }\n}"): (typeof documents)["query Viewer {\n  viewer {\n    isOperator\n    scopes\n    member {\n      id\n      name\n      emailAddress\n      roles\n      isAdmin\n    }\n    organization {\n      id\n      name\n      slug\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;