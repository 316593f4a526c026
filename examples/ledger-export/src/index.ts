export { createLedgerExport } from "./app";
export type { LedgerExportOptions } from "./options";
