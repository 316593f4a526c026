import type { Link } from "../banner";

export interface OwnPages {
  introspection: boolean;
  hasExplorer: boolean;
  /** What the explorers act as, as the end of a sentence: ", as an administrator". */
  as?: string;
}

/** What the gateway itself has to show, in development. `origin`: "" on its own page. */
export const ownLinks = (origin: string, { introspection, hasExplorer, as = "" }: OwnPages) => ({
  graphql: {
    label: "GraphQL",
    url: `${origin}/graphql`,
    text: introspection
      ? `Apollo Sandbox with example operations${as}.`
      : "The endpoint, for programs: INTROSPECTION is false, so it shows no explorer.",
  },
  explorer:
    introspection && hasExplorer
      ? [{ label: "GraphiQL", url: `${origin}/graphql/explorer`, text: "An explorer that needs no internet." }]
      : [],
  apps: {
    label: "Connected apps",
    url: `${origin}/account/apps`,
    text: "What you have connected, and how to remove it.",
  },
});

/** Before a Stytch that the gateway did not start itself. */
export function indexLinks(pages: OwnPages, loginUrl: string | undefined): Link[] {
  const { graphql, explorer, apps } = ownLinks("", pages);
  const login = { label: "Sign in", url: loginUrl ?? "", text: "Where browsers without a session are sent." };
  return [graphql, ...(loginUrl ? [login] : []), ...explorer, apps];
}
