/**
 * Where to go after login: `returnTo` when it is a path on the gateway, else the gateway's root. The URL parser drops
 * tabs and newlines and reads a backslash as a slash, so what counts is the origin of the result.
 */
export function returnUrl(gatewayUrl: string, returnTo: string | undefined): string {
  const root = new URL("/", gatewayUrl);
  if (returnTo === undefined || !/^\/(?![/\\])/.test(returnTo) || !URL.canParse(returnTo, root.href)) return root.href;
  const target = new URL(returnTo, root);
  return target.origin === root.origin ? target.href : root.href;
}
