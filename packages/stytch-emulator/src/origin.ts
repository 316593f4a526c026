/** The address at which a browser on this machine reaches a server that listens on this host. */
export function originOf(host: string, port: number): string {
  const { hostname, origin } = new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}`);
  // Nobody can go to "all addresses", of which there are many spellings.
  return hostname === "0.0.0.0" || hostname === "[::]" ? originOf("127.0.0.1", port) : origin;
}
