import { isIPv4, isIPv6 } from "node:net";

/** Groups of an IPv6 address that say whose network it is; the rest is the caller's to choose (RFC 6177). */
const NETWORK_GROUPS = 4;
/** `::ffff:0:0/96`: an IPv4 address, written as an IPv6 one (RFC 4291 2.5.5.2). */
const MAPPED = "0:0:0:0:0:ffff";

/** Whatever else a proxy passes on, such as `unknown`: callers could choose it, so all of it has one limit. */
const UNREADABLE = "unreadable";

/** One caller's addresses: an IPv4 address, or the /64 of an IPv6 one. Proxies may add the port: it is a new one each time. */
export function addressBlockOf(address: string): string {
  const bare = withoutPort(address.trim());
  if (isIPv4(bare)) return bare;
  const [plain = ""] = bare.split("%");
  if (!isIPv6(plain)) return UNREADABLE;
  const groups = groupsOf(plain);
  const [high = 0, low = 0] = groups.slice(6);
  if (hex(groups.slice(0, 6)) === MAPPED) return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return `${hex(groups.slice(0, NETWORK_GROUPS))}::/64`;
}

/** `192.0.2.1:443` and `[2001:db8::1]:443`, as Azure's Application Gateway and IIS write them. */
function withoutPort(text: string): string {
  const [, inBrackets, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(text) ?? [];
  return inBrackets ?? dotted ?? text;
}

const hex = (groups: number[]): string => groups.map((group) => group.toString(16)).join(":");

/** All eight. */
function groupsOf(address: string): number[] {
  const [before = [], after = []] = address.split("::").map(partOf);
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

const partOf = (text: string): number[] => (text === "" ? [] : text.split(":").flatMap(numbersOf));

/** An embedded IPv4 address counts as two groups. */
function numbersOf(group: string): number[] {
  if (!group.includes(".")) return [Number.parseInt(group, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
  return [a * 256 + b, c * 256 + d];
}
