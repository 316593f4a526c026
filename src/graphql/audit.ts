import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import {
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { GatewayContext } from "./context";

/** Parts of an input that name what is changed. Everything else in it stays out of the log. */
const TARGETS = ["clientId", "connectedAppId", "memberId", "organizationId", "decision"];

interface AuditLine {
  mutation: string;
  target: Record<string, unknown>;
  /** `OK`, the userErrors' codes, or the error's code. */
  outcome: string;
  /** Of the whole operation, whose mutations share them. */
  stytchRequestIds: readonly string[];
}

/** What each mutation of an answered operation did, and to what. */
export function auditLines(
  { schema, document, request, response, contextValue }: GraphQLRequestContextWillSendResponse<GatewayContext>,
  operation: OperationDefinitionNode,
): AuditLine[] {
  if (response.body.kind !== "single") return [];
  const { data, errors } = response.body.singleResult;
  const fields = schema.getMutationType()?.getFields() ?? {};
  const nodes = document ? rootFields(operation.selectionSet, fragmentsOf(document.definitions)) : [];
  return nodes.flatMap((node) => {
    const field = fields[node.name.value];
    if (!field) return [];
    const key = node.alias?.value ?? node.name.value;
    const error = errors?.find(({ path }) => path === undefined || path[0] === key);
    const payload = data?.[key];
    // Skipped by a directive: it never ran.
    if (!error && payload === undefined) return [];
    const { input } = safeArguments(() => getArgumentValues(field, node, request.variables));
    return {
      mutation: field.name,
      target: { ...pick(input), ...createdId(payload) },
      outcome: error ? String(error.extensions?.code) : outcomeOf(payload),
      stytchRequestIds: contextValue.stytch.meter.stytchRequestIds,
    };
  });
}

const fragmentsOf = (definitions: readonly { kind: Kind }[]) =>
  new Map(
    definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );

function rootFields({ selections }: SelectionSetNode, fragments: Map<string, FragmentDefinitionNode>): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return inner ? rootFields(inner.selectionSet, fragments) : [];
  });
}

/** Values that could not be coerced are the reason of the error that is logged beside them. */
function safeArguments(read: () => Record<string, unknown>): Record<string, unknown> {
  try {
    return read();
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const pick = (input: unknown) =>
  isObject(input) ? Object.fromEntries(TARGETS.flatMap((key) => (input[key] == null ? [] : [[key, input[key]]]))) : {};

/** An app that was just made, when the caller asked for its id. */
function createdId(payload: unknown) {
  const app = isObject(payload) ? payload.connectedApp : undefined;
  return isObject(app) && typeof app.id === "string" ? { clientId: app.id } : {};
}

function outcomeOf(payload: unknown): string {
  const userErrors = isObject(payload) && Array.isArray(payload.userErrors) ? payload.userErrors : [];
  const codes = userErrors.map((error: unknown) => (isObject(error) ? String(error.code ?? "REFUSED") : "REFUSED"));
  return codes.length > 0 ? codes.join(",") : "OK";
}
