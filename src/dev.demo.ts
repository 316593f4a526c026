import type { Emulator } from "stytch-emulator";
import { codeOf } from "./start-error";

/** Where the emulator's origin has the demo app; its callback is below. */
export const demoUrlOf = ({ url }: Emulator): string => `${url}/demo`;

/** The Connected App to click through, at the emulator's port. False where it is not installed: nothing else needs it. */
export async function serveDemo(emulator: Emulator): Promise<boolean> {
  const example = await import("ledger-export").catch((error: unknown) => {
    if (codeOf(error) === "ERR_MODULE_NOT_FOUND" || codeOf(error) === "MODULE_NOT_FOUND") return null;
    throw error;
  });
  if (!example) return false;
  const { clientId, clientSecret } = emulator.seeded.demoApp;
  const { now } = emulator.clock;
  const url = demoUrlOf(emulator);
  emulator.serve("/demo", example.createLedgerExport({ issuer: emulator.url, clientId, clientSecret, url, now }));
  return true;
}
