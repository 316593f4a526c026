/** The package's public surface. */
export { PROJECT_ID, SECRET } from "./credentials";
export { directRoles } from "./defaults";
export { type Emulator, type EmulatorOptions, type MintedSession, startEmulator } from "./emulator";
export type { Fault, FaultRule } from "./faults";
export { seededId } from "./ids";
export { M2M_TOKEN_SECONDS } from "./mint";
export type { RecordedRequest } from "./request-log";
export { memberIdOf } from "./seed/members";
export { OPERATOR_ORGANIZATION_ID } from "./seed/organizations";
export type { SeedSize } from "./seed/seed";
export { welcome } from "./welcome";
