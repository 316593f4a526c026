import { ask } from "./api";
import { ViewerDocument, type ViewerQuery } from "./gql/graphql";

type Known = NonNullable<ViewerQuery["viewer"]>;

/** A signed-in Member. */
export interface Viewer {
  member: NonNullable<Known["member"]>;
  organization: NonNullable<Known["organization"]>;
}

export async function readViewer(): Promise<Viewer | null> {
  const { viewer } = await ask(ViewerDocument, {});
  const { member, organization } = viewer ?? {};
  return member && organization ? { member, organization } : null;
}
