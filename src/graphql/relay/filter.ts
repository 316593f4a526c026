import { Failure } from "../../failure";

/** Values per search operand (unconfirmed: Stytch publishes no maximum). */
const MAX_FILTER_VALUES = 100;
/** Stytch's fuzzy filters need this many characters. */
const MIN_CONTAINS = 3;
const MAX_TEXT = 200;

export const refuse = (message: string) => new Failure("BAD_USER_INPUT", message);

export function checkContains(name: string, value: string | null | undefined): void {
  if (value != null && value.length < MIN_CONTAINS)
    throw refuse(`${name} must have at least ${MIN_CONTAINS} characters.`);
}

/** Where the gateway itself compares, one character is enough. */
export function checkText(name: string, value: string | null | undefined): void {
  if (value != null && (value.trim() === "" || value.length > MAX_TEXT))
    throw refuse(`${name} must have from 1 to ${MAX_TEXT} characters, and not only spaces.`);
}

export function checkValues(name: string, values: readonly string[] | null | undefined): void {
  if (values && (values.length < 1 || values.length > MAX_FILTER_VALUES)) {
    throw refuse(`${name} must have from 1 to ${MAX_FILTER_VALUES} entries.`);
  }
}
