import { isIPv6 } from "node:net";

/** Groups of an IPv6 address that say whose network it is; the rest is the caller's to choose (RFC 6177). */
const NETWORK_GROUPS = 4;

/** One caller's addresses: an IPv4 address, or the /64 of an IPv6 one. */
export function addressBlockOf(address: string): string {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped) return mapped;
  const [head = "", tail] = bare.split("::");
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  const groups = [...before, ...zeros, ...after].slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}

/** An embedded IPv4 address counts as two groups, which are never part of the network. */
const groupsOf = (text: string): number[] =>
  text === "" ? [] : text.split(":").flatMap((group) => (group.includes(".") ? [0, 0] : [Number.parseInt(group, 16)]));
