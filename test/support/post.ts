/** One GraphQL answer as a client sees it: status, headers and body. */
export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  text: string;
  data: T | null;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  extensions: { cost?: { requested: number; upstreamCalls: number; coalesced: number; objects: number } };
}

/** Sends an operation as plain text: for headers, statuses and documents that the typed client would not let through. */
export async function post<T = Record<string, unknown>>(
  url: string,
  headers: Record<string, string>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer<T>> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const body: Partial<Answer<T>> = JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    data: body.data ?? null,
    errors: body.errors ?? [],
    extensions: body.extensions ?? {},
  };
}

/** The first top-level error's code. */
export const codeOf = ({ errors }: Pick<Answer, "errors">): unknown => errors[0]?.extensions.code;
