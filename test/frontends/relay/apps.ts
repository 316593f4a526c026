import { graphql } from "relay-runtime";

export const query = graphql`
  query appsQuery($count: Int!, $cursor: String) {
    connectedApps(first: $count, after: $cursor) @connection(key: "apps_connectedApps") {
      __id
      edges {
        node {
          id
          name
        }
      }
    }
  }
`;

export const remove = graphql`
  mutation appsDeleteMutation($input: DeleteClientInput!, $connections: [ID!]!) {
    deleteClient(input: $input) {
      deletedClientId @deleteEdge(connections: $connections)
      userErrors {
        code
        message
      }
    }
  }
`;
