export async function ask(url: string, sessionToken: string, query: string, variables?: Record<string, unknown>) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-stytch-member-session": sessionToken },
    body: JSON.stringify({ query, variables }),
  });
  // An answer may have both: a field that failed is null, and its neighbours are there.
  return (await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
}
