import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";

const whole = { merge: true };

export const createClient = (uri: string, sessionToken: string) =>
  new ApolloClient({
    link: new HttpLink({ uri, headers: { "x-stytch-member-session": sessionToken } }),
    cache: new InMemoryCache({
      possibleTypes: {
        Node: ["AppRequest", "AuditEvent", "Authorization", "ConnectedApp", "Listing", "Member", "Organization"],
      },
      typePolicies: {
        Query: {
          fields: {
            organizations: relayStylePagination(["filter"]),
            connectedApps: relayStylePagination(["filter"]),
            marketplace: relayStylePagination(["filter"]),
            auditLog: relayStylePagination(["filter"]),
          },
        },
        Organization: {
          fields: {
            members: relayStylePagination(["filter"]),
            auditLog: relayStylePagination(["filter"]),
            appRequests: relayStylePagination(["statuses"]),
          },
        },
        Member: { fields: { auditLog: relayStylePagination(["filter"]) } },
        // One for each session, so it needs no id.
        Viewer: { keyFields: [] },
        // Values of their owner: two queries that select different fields of them are put together.
        ClientRegistration: whole,
        ClientSecret: whole,
        ConnectedAppPolicy: whole,
        ConnectedAppRule: whole,
      },
    }),
  });
