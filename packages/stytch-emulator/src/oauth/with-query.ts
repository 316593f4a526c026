/** Adds parameters to a URL without touching what it already has. `undefined` ones are left out. */
export function withQuery(url: string, parameters: Record<string, string | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.append(name, value);
  // A space as %20 reads the same to clients that decode percent signs only.
  const query = search.toString().replaceAll("+", "%20");
  if (!url.includes("?")) return `${url}?${query}`;
  return /[?&]$/.test(url) ? url + query : `${url}&${query}`;
}
