import { isObjectType } from "graphql";
import { COST_RULES } from "../../src/graphql/cost.rules";
import { createSchema } from "../../src/graphql/schema";

/** Fields with a resolver that makes no call. */
const FREE = ["Query.viewer"];

test("every field that can make calls has a rule, and every rule a field", () => {
  const resolved = Object.values(createSchema().getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith("__"))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ resolve }) => resolve)
        .map(({ name }) => `${type.name}.${name}`),
    );
  // Apps inside payloads have no resolver; their rules say that the record came along with the write.
  const payloads = [...COST_RULES.keys()].filter((field) => field.endsWith("Payload.connectedApp"));
  expect([...COST_RULES.keys(), ...FREE].sort()).toEqual([...resolved, ...payloads].sort());
});
