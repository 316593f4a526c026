export interface Query {
  name: string;
  text: string;
  variables?: (apps: readonly string[], organizations: readonly string[]) => Record<string, unknown>;
}

const AUTHORIZATIONS = "authorizations { scopes connectedApp { name } }";

/** The queries that every server is asked. */
export const q1: Query = {
  name: "Q1 organization, 50 members, authorizations",
  text: `query ($id: ID!) { organization(id: $id) { name members(first: 50) { nodes { id name ${AUTHORIZATIONS} } } } }`,
  variables: (_, [id]) => ({ id }),
};
export const q2: Query = {
  name: "Q2 20 organizations x 50 members x authorizations",
  text: `query ($slugs: [String!]) { organizations(first: 20, filter: { slugs: $slugs }) { nodes { name members(first: 50) { nodes { id name ${AUTHORIZATIONS} } } } } }`,
  variables: () => ({
    slugs: Array.from({ length: 20 }, (_, index) => `customer-${String(index + 1).padStart(4, "0")}`),
  }),
};
export const q3: Query = { name: "Q3 { __typename }", text: "{ __typename }" };
export const q4: Query = {
  name: "Q4 100 authorizations of one app, member names",
  text: "query ($id: ID!, $organizationId: ID!) { connectedApp(id: $id) { name authorizations(organizationId: $organizationId) { scopes member { name } } } }",
  variables: ([id], [organizationId]) => ({ id, organizationId }),
};
export const q5: Query = {
  name: "Q5 50 apps with registration",
  text: "{ connectedApps(first: 50) { nodes { id name registration { status redirectUrls } } } }",
};
/** One upstream call: for the memory test, which must finish. */
export const light: Query = { name: "one app", text: "{ connectedApps(first: 1) { nodes { name } } }" };
