/** The package's public surface. */
export type { AdjustableClock, Clock } from "./clock";
export { directRoles } from "./defaults";
export { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
export { seededId } from "./ids";
export { memberIdOf } from "./seed/members";
export { OPERATOR_ORGANIZATION_ID } from "./seed/organizations";
export type { Seed, Seeded, SeedSize } from "./seed/seed";
export type { Settings } from "./settings";
export type { Dump } from "./state/dump.schema";
export { M2M_TOKEN_SECONDS, type MintedSession } from "./tokens/mint";
export { PROJECT_ID, SECRET } from "./wire/credentials";
export type { Fault, FaultRule } from "./wire/faults";
export type { RecordedRequest } from "./wire/request-log";
