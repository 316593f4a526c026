import { graphql } from "relay-runtime";

export const query = graphql`
  query membersQuery($count: Int!) {
    organization {
      id
      ...membersPage_organization @arguments(count: $count)
    }
  }
`;

export const page = graphql`
  fragment membersPage_organization on Organization
  @refetchable(queryName: "membersPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 4 }, cursor: { type: "String" }) {
    members(first: $count, after: $cursor) @connection(key: "membersPage_members") {
      edges {
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
`;

export const revoke = graphql`
  mutation membersRevokeMutation($input: RevokeMemberAppInput!) {
    revokeMemberApp(input: $input) {
      revokedAuthorizationId @deleteRecord
      member {
        id
        authorizations {
          id
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`;
