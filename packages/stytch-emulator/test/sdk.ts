import { B2BClient, StytchError } from "stytch";
import { type Emulator, type EmulatorOptions, startEmulator } from "../src";

export interface EmulatorWithSdk {
  emulator: Emulator;
  /** The genuine SDK, pointed at the emulator. */
  stytch: B2BClient;
}

export async function startWithSdk(options: EmulatorOptions = {}): Promise<EmulatorWithSdk> {
  const emulator = await startEmulator({ port: 0, ...options });
  return { emulator, stytch: sdkFor(emulator) };
}

export const sdkFor = (emulator: Emulator, secret = emulator.secret): B2BClient =>
  sdkAt(emulator.url, emulator.projectId, secret);

export function sdkAt(url: string, project_id: string, secret: string): B2BClient {
  // The SDK warns about every base URL that is not Stytch's own.
  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const client = new B2BClient({ project_id, secret, env: `${url}/` });
  warn.mockRestore();
  return client;
}

/** `"404 member_not_found"`, or what else became of the call. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    return error instanceof StytchError ? `${error.status_code} ${error.error_type}` : String(error);
  }
}

/** An error that the SDK turned from a body in the API's standard shape. */
export async function stytchError(call: Promise<unknown>): Promise<StytchError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StytchError)) throw new Error(`expected a StytchError, got ${String(error)}`);
  return error;
}

export const basic = (emulator: Emulator): string =>
  `Basic ${Buffer.from(`${emulator.projectId}:${emulator.secret}`).toString("base64")}`;
