import { z } from "zod";
import { visible } from "../../marketplace/visible";

/** Control characters and the bidirectional ones that can make a name read as another (UTS 39, CVE-2021-42574). */
export const UNPRINTABLE = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
export const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** One line. */
export const text = (max: number) =>
  z
    .string()
    .max(max, `must have at most ${max} characters`)
    .refine((value) => !UNPRINTABLE.test(value), {
      message: "must not contain control or bidirectional characters",
      abort: true,
    });

/** With line breaks and tabs. */
export const multiline = (max: number) =>
  z
    .string()
    .max(max, `must have at most ${max} characters`)
    .refine((value) => !UNPRINTABLE.test(value.replaceAll(/[\r\n\t]/g, "")), {
      message: "must not contain control or bidirectional characters",
      abort: true,
    });

/** Something of it can be seen. */
export const filled = <T extends z.ZodType<string>>(schema: T) =>
  schema.refine((value) => visible(value) !== "", "must not be empty or blank");
