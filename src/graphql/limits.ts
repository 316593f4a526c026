import { maxAliasesRule } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthRule } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesRule } from "@escape.tech/graphql-armor-max-directives";
import {
  type ASTVisitor,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from "graphql";

/** What one query's text may hold. About three times what the example operations and the benchmark's queries need. */
export const LIMITS = { tokens: 3000, depth: 15, aliases: 30, directives: 30, rootFields: 20 } as const;

const refuse = (what: string, limit: number) => ({
  // The packages' own messages call this a syntax error.
  onReject: [
    (context: ValidationContext | null) =>
      context?.reportError(new GraphQLError(`The query has ${what} than ${limit}. Split it.`)),
  ],
  propagateOnRejection: false,
});

/** Mutations run one after the other and each may write, so how many start at once is bounded too. */
export function maxRootFieldsRule(limit: number): ValidationRule {
  return (context): ASTVisitor => {
    // Each fragment is counted once; one inside itself, which another rule refuses, counts as empty.
    const counted = new Map<string, number>();
    const countFragment = (name: string): number => {
      const known = counted.get(name);
      if (known !== undefined) return known;
      counted.set(name, 0);
      const fragment = context.getFragment(name);
      const total = fragment ? count(fragment.selectionSet) : 0;
      counted.set(name, total);
      return total;
    };
    const count = ({ selections }: SelectionSetNode): number =>
      selections.reduce((total, selection) => {
        if (selection.kind === Kind.FIELD) return total + 1;
        if (selection.kind === Kind.INLINE_FRAGMENT) return total + count(selection.selectionSet);
        return total + countFragment(selection.name.value);
      }, 0);
    return {
      OperationDefinition({ selectionSet }) {
        if (count(selectionSet) > limit)
          context.reportError(new GraphQLError(`The query has more root fields than ${limit}. Split it.`));
      },
    };
  };
}

export const limitRules: ValidationRule[] = [
  maxDepthRule({ n: LIMITS.depth, flattenFragments: true, ...refuse("deeper selections", LIMITS.depth) }),
  // The default lets aliases of `__typename` through, which cost as much as any other field.
  maxAliasesRule({ n: LIMITS.aliases, allowList: [], ...refuse("more aliases", LIMITS.aliases) }),
  maxDirectivesRule({ n: LIMITS.directives, ...refuse("more directives", LIMITS.directives) }),
  maxRootFieldsRule(LIMITS.rootFields),
];
