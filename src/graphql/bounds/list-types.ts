import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
} from "graphql";

export const isConnection = (type: GraphQLNamedType): boolean => isObjectType(type) && type.name.endsWith("Connection");

export const isList = (output: GraphQLOutputType): boolean => isListType(getNullableType(output));

/** Whether a field answers a list of objects, or a page of one. */
export const isMany = (output: GraphQLOutputType): boolean =>
  isCompositeType(getNamedType(output)) && (isList(output) || isConnection(getNamedType(output)));
