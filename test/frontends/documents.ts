import { gql } from "@apollo/client";

/** What a console of an Organization shows. Every object carries its id, so that a cache can keep it. */
export const MEMBERS = gql`
  query Members($after: String) {
    organization {
      id
      members(first: 4, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          cursor
          node {
            id
            name
            authorizations {
              id
              scopes
              connectedApp {
                id
                name
              }
            }
          }
        }
      }
    }
  }
`;

export const REVOKE = gql`
  mutation Revoke($input: RevokeMemberAppInput!) {
    revokeMemberApp(input: $input) {
      revokedAuthorizationId
      member {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`;

export const NODE = gql`
  query Node($id: ID!) {
    node(id: $id) {
      id
      ... on Member {
        name
      }
    }
  }
`;

export interface Members {
  organization: {
    id: string;
    members: {
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
      edges: {
        cursor: string;
        node: {
          id: string;
          name: string;
          authorizations: { id: string; scopes: string[]; connectedApp: { id: string; name: string } }[];
        };
      }[];
    };
  };
}

export interface Revoke {
  revokeMemberApp: {
    revokedAuthorizationId: string | null;
    member: { id: string } | null;
    userErrors: unknown[];
  } | null;
}

export const membersOf = (data: Members | undefined) => data?.organization.members.edges.map(({ node }) => node) ?? [];
