import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { createSchema } from "../src/graphql/schema";

/** `npm run schema`: the SDL as clients see it. type-graphql's own emitter drops directives. */
const sdl = printSchemaWithDirectives(createSchema());
writeFileSync(join(__dirname, "schema.graphql"), `# Printed by "npm run schema". Do not edit.\n\n${sdl.trimEnd()}\n`);
