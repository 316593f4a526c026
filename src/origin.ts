/**
 * The address at which a browser on this machine reaches a server that listens on this host. Cookies belong to a host
 * as it is written, so whoever shares a session is named alike; the emulator has the same rule in a file of its own.
 */
export function originOf(host: string, port: number): string {
  // Nobody can go to "all addresses".
  if (host === "0.0.0.0" || host === "::") return originOf("127.0.0.1", port);
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
