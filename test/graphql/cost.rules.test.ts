import { isObjectType } from "graphql";
import { costRuleOf } from "../../src/graphql/cost/prices";
import { createSchema } from "../../src/graphql/schema";

test("every field that can make calls says what it costs", () => {
  const silent = Object.values(createSchema().getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith("__"))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => field.resolve && !costRuleOf(field))
        .map(({ name }) => `${type.name}.${name}`),
    );
  expect(silent).toEqual([]);
});
