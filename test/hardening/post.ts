export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  data: unknown;
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
  extensions: Record<string, unknown>;
}

/** One GraphQL request as any HTTP client sends it; reads what a typed client would hide. */
export async function post(url: string, query: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  const { data, errors = [], extensions = {} } = JSON.parse(text);
  return { status: response.status, headers: response.headers, text, data, errors, extensions };
}
