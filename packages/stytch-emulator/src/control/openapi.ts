import { type ZodType, z } from "zod";
import type { JsonObject } from "../wire/json";
import type { ControlRoute } from "./route";

export const PREFIX = "/_emulator";

const DESCRIPTION =
  "Steers the emulator from a test in any language. None of this exists on Stytch. It answers to the machine it runs on only, needs no credentials, and is neither delayed, limited nor recorded.";

/** OpenAPI 3.1, made from the table of routes. */
export const openapi = (routes: readonly ControlRoute[]): JsonObject => {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const path = PREFIX + route.path;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "stytch-emulator control plane", version: "1", description: DESCRIPTION },
    paths,
  };
};

const operation = ({ method, path, summary, query, body, answer }: ControlRoute): JsonObject => ({
  operationId: [method.toLowerCase(), ...path.split(/[/.]/).filter(Boolean)].join("_"),
  summary,
  parameters: Object.entries(query).map(([name, description]) => ({
    name,
    in: "query",
    description,
    schema: { type: "string" },
  })),
  ...(body && { requestBody: { required: true, content: content(body, "input") } }),
  responses: {
    "200": { description: "Done.", content: content(answer, "output") },
    ...(body && { "400": { description: "The body is not right; `error_message` names the first bad field." } }),
    "403": { description: "The caller is not on this machine." },
  },
});

const content = (schema: ZodType, io: "input" | "output") => {
  const { $schema, ...described } = z.toJSONSchema(schema, { io });
  return { "application/json": { schema: described } };
};
