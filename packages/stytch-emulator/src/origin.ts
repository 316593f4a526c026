/** The address at which a browser on this machine reaches a server that listens on this host. */
export function originOf(host: string, port: number): string {
  // Nobody can go to "all addresses".
  if (host === "0.0.0.0" || host === "::") return originOf("127.0.0.1", port);
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
