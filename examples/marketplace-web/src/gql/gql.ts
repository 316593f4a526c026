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
    "query App($connectedAppId: ID!) {\n  listing(connectedAppId: $connectedAppId) {\n    ...Card\n    details\n    publisherUrl\n    supportUrl\n    privacyPolicyUrl\n    termsUrl\n    installUrl\n    scopes\n    appRequest {\n      id\n      reason\n      createdAt\n      member {\n        id\n      }\n    }\n  }\n}\n\nmutation RequestApp($input: RequestAppInput!) {\n  requestApp(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation WithdrawAppRequest($input: WithdrawAppRequestInput!) {\n  withdrawAppRequest(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation Disconnect($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedAuthorizationId\n    userErrors {\n      message\n    }\n  }\n}": typeof types.AppDocument,
    "query Mine {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          description\n        }\n      }\n    }\n  }\n}": typeof types.MineDocument,
    "query Requests($first: Int!, $after: String) {\n  organization {\n    id\n    name\n    appRequests(first: $first, after: $after) {\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        status\n        reason\n        note\n        createdAt\n        connectedApp {\n          id\n          name\n        }\n        member {\n          id\n          name\n        }\n      }\n    }\n  }\n}\n\nmutation Decide($input: DecideAppRequestInput!) {\n  decideAppRequest(input: $input) {\n    appRequest {\n      id\n      status\n    }\n    userErrors {\n      message\n    }\n  }\n}": typeof types.RequestsDocument,
    "query Shelf($first: Int!, $after: String, $filter: ListingFilter) {\n  marketplace(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      ...Card\n    }\n  }\n}\n\nfragment Card on Listing {\n  id\n  tagline\n  categories\n  publisherName\n  availability\n  connectedApp {\n    id\n    name\n  }\n  authorization {\n    id\n  }\n  appRequest {\n    id\n  }\n}": typeof types.ShelfDocument,
    "query Viewer {\n  viewer {\n    member {\n      id\n      name\n      isAdmin\n    }\n    organization {\n      id\n      name\n    }\n  }\n}": typeof types.ViewerDocument,
};
const documents: Documents = {
    "query App($connectedAppId: ID!) {\n  listing(connectedAppId: $connectedAppId) {\n    ...Card\n    details\n    publisherUrl\n    supportUrl\n    privacyPolicyUrl\n    termsUrl\n    installUrl\n    scopes\n    appRequest {\n      id\n      reason\n      createdAt\n      member {\n        id\n      }\n    }\n  }\n}\n\nmutation RequestApp($input: RequestAppInput!) {\n  requestApp(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation WithdrawAppRequest($input: WithdrawAppRequestInput!) {\n  withdrawAppRequest(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation Disconnect($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedAuthorizationId\n    userErrors {\n      message\n    }\n  }\n}": types.AppDocument,
    "query Mine {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          description\n        }\n      }\n    }\n  }\n}": types.MineDocument,
    "query Requests($first: Int!, $after: String) {\n  organization {\n    id\n    name\n    appRequests(first: $first, after: $after) {\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        status\n        reason\n        note\n        createdAt\n        connectedApp {\n          id\n          name\n        }\n        member {\n          id\n          name\n        }\n      }\n    }\n  }\n}\n\nmutation Decide($input: DecideAppRequestInput!) {\n  decideAppRequest(input: $input) {\n    appRequest {\n      id\n      status\n    }\n    userErrors {\n      message\n    }\n  }\n}": types.RequestsDocument,
    "query Shelf($first: Int!, $after: String, $filter: ListingFilter) {\n  marketplace(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      ...Card\n    }\n  }\n}\n\nfragment Card on Listing {\n  id\n  tagline\n  categories\n  publisherName\n  availability\n  connectedApp {\n    id\n    name\n  }\n  authorization {\n    id\n  }\n  appRequest {\n    id\n  }\n}": types.ShelfDocument,
    "query Viewer {\n  viewer {\n    member {\n      id\n      name\n      isAdmin\n    }\n    organization {\n      id\n      name\n    }\n  }\n}": types.ViewerDocument,
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
export function graphql(source: "query App($connectedAppId: ID!) {\n  listing(connectedAppId: $connectedAppId) {\n    ...Card\n    details\n    publisherUrl\n    supportUrl\n    privacyPolicyUrl\n    termsUrl\n    installUrl\n    scopes\n    appRequest {\n      id\n      reason\n      createdAt\n      member {\n        id\n      }\n    }\n  }\n}\n\nmutation RequestApp($input: RequestAppInput!) {\n  requestApp(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation WithdrawAppRequest($input: WithdrawAppRequestInput!) {\n  withdrawAppRequest(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation Disconnect($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedAuthorizationId\n    userErrors {\n      message\n    }\n  }\n}"): (typeof documents)["query App($connectedAppId: ID!) {\n  listing(connectedAppId: $connectedAppId) {\n    ...Card\n    details\n    publisherUrl\n    supportUrl\n    privacyPolicyUrl\n    termsUrl\n    installUrl\n    scopes\n    appRequest {\n      id\n      reason\n      createdAt\n      member {\n        id\n      }\n    }\n  }\n}\n\nmutation RequestApp($input: RequestAppInput!) {\n  requestApp(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation WithdrawAppRequest($input: WithdrawAppRequestInput!) {\n  withdrawAppRequest(input: $input) {\n    appRequest {\n      id\n    }\n    userErrors {\n      message\n    }\n  }\n}\n\nmutation Disconnect($input: RevokeMemberAppInput!) {\n  revokeMemberApp(input: $input) {\n    revokedAuthorizationId\n    userErrors {\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Mine {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          description\n        }\n      }\n    }\n  }\n}"): (typeof documents)["query Mine {\n  viewer {\n    member {\n      id\n      authorizations {\n        id\n        scopes\n        connectedApp {\n          id\n          name\n          description\n        }\n      }\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Requests($first: Int!, $after: String) {\n  organization {\n    id\n    name\n    appRequests(first: $first, after: $after) {\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        status\n        reason\n        note\n        createdAt\n        connectedApp {\n          id\n          name\n        }\n        member {\n          id\n          name\n        }\n      }\n    }\n  }\n}\n\nmutation Decide($input: DecideAppRequestInput!) {\n  decideAppRequest(input: $input) {\n    appRequest {\n      id\n      status\n    }\n    userErrors {\n      message\n    }\n  }\n}"): (typeof documents)["query Requests($first: Int!, $after: String) {\n  organization {\n    id\n    name\n    appRequests(first: $first, after: $after) {\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n      nodes {\n        id\n        status\n        reason\n        note\n        createdAt\n        connectedApp {\n          id\n          name\n        }\n        member {\n          id\n          name\n        }\n      }\n    }\n  }\n}\n\nmutation Decide($input: DecideAppRequestInput!) {\n  decideAppRequest(input: $input) {\n    appRequest {\n      id\n      status\n    }\n    userErrors {\n      message\n    }\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Shelf($first: Int!, $after: String, $filter: ListingFilter) {\n  marketplace(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      ...Card\n    }\n  }\n}\n\nfragment Card on Listing {\n  id\n  tagline\n  categories\n  publisherName\n  availability\n  connectedApp {\n    id\n    name\n  }\n  authorization {\n    id\n  }\n  appRequest {\n    id\n  }\n}"): (typeof documents)["query Shelf($first: Int!, $after: String, $filter: ListingFilter) {\n  marketplace(first: $first, after: $after, filter: $filter) {\n    totalCount\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    nodes {\n      ...Card\n    }\n  }\n}\n\nfragment Card on Listing {\n  id\n  tagline\n  categories\n  publisherName\n  availability\n  connectedApp {\n    id\n    name\n  }\n  authorization {\n    id\n  }\n  appRequest {\n    id\n  }\n}"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Viewer {\n  viewer {\n    member {\n      id\n      name\n      isAdmin\n    }\n    organization {\n      id\n      name\n    }\n  }\n}"): (typeof documents)["query Viewer {\n  viewer {\n    member {\n      id\n      name\n      isAdmin\n    }\n    organization {\n      id\n      name\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;