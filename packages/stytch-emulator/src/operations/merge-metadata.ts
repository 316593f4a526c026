import type { Metadata } from "../state/records";

/** Top-level keys are merged; `null` removes one. */
export const mergeMetadata = (known: Metadata, given: Metadata = {}): Metadata =>
  Object.fromEntries(Object.entries({ ...known, ...given }).filter(([, value]) => value !== null));
