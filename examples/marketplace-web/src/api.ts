import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { ClientError, GraphQLClient } from "graphql-request";

const meta = (name: string): string => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";

export const signInUrl = meta("sign-in");

/** The session is a cookie that scripts cannot read; the browser sends it because of `credentials`. */
const client = new GraphQLClient(meta("gateway"), { credentials: "include" });

/** What went wrong, in words for the person in front of the screen. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

/** Asks the gateway. A field that failed takes the answer with it: these pages show all or say why not. */
export async function ask<Result, Variables extends object>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  try {
    return await client.request<Result>({ document, variables });
  } catch (error) {
    if (!(error instanceof ClientError)) throw new ApiError("The marketplace cannot be reached. Try again.", "OFFLINE");
    const [first] = error.response.errors ?? [];
    throw new ApiError(first?.message ?? "The marketplace did not answer properly.", String(first?.extensions?.code));
  }
}

/** Of a mutation's payload: nothing was done, for this reason. */
export function refuse(payload: { userErrors: { message: string }[] } | null | undefined): void {
  const [first] = payload?.userErrors ?? [];
  if (first) throw new ApiError(first.message, "REFUSED");
}
