/** Stytch answers 100 requests a minute of each of these, for all tenants together. */
const SCARCE = new Set(["organizations.search", "members.search"]);

export const isScarce = (operation: string): boolean => SCARCE.has(operation);
