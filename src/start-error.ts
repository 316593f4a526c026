/** A start that cannot be: one sentence that names the variable to change. */
export class StartError extends Error {}

/** Of a failed `listen`, by the variable that chose the port. Anything unforeseen is handed back as it is. */
export function listenError(error: unknown, variable: "PORT" | "EMULATOR_PORT", host: string, port: number): unknown {
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return new StartError(`${variable}: port ${port} of ${host} is in use. Choose another, or 0 for a free one.`);
    case "EACCES":
      return new StartError(`${variable}: this user may not listen on port ${port}. Choose one above 1023.`);
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "EINVAL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StartError(
        `HOST: ${host} is not an address of this machine. Try 127.0.0.1, or 0.0.0.0 for all of them.`,
      );
    default:
      return error;
  }
}

export const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
