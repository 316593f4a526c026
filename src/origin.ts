/**
 * The address at which a browser on this machine reaches a server that listens on this host. Cookies belong to a host
 * as it is written, so whoever shares a session is named alike; the emulator has the same rule in a file of its own.
 */
export function originOf(host: string, port: number): string {
  const { hostname, origin } = new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}`);
  // Nobody can go to "all addresses", of which there are many spellings.
  return hostname === "0.0.0.0" || hostname === "[::]" ? originOf("127.0.0.1", port) : origin;
}
