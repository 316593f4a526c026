/**
 * @generated SignedSource<<593e2da7bea72cb8fb9d4ba14d21db90>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type UserErrorCode = "APP_ALREADY_ALLOWED" | "APP_REQUEST_DECIDED" | "APP_REQUEST_OPEN" | "CLIENT_HAS_NO_SECRET" | "CONSENT_CHANGED" | "IDEMPOTENCY_KEY_REUSED" | "INVALID" | "LIMIT_REACHED" | "NOT_FOUND" | "REFUSED_BY_POLICY" | "REQUEST_EXPIRED" | "ROTATION_IN_PROGRESS" | "ROTATION_NOT_STARTED" | "SCOPE_NOT_GRANTABLE" | "%future added value";
export type DeleteClientInput = {
  clientId: string;
};
export type appsDeleteMutation$variables = {
  connections: ReadonlyArray<string>;
  input: DeleteClientInput;
};
export type appsDeleteMutation$data = {
  readonly deleteClient: {
    readonly deletedClientId: string | null | undefined;
    readonly userErrors: ReadonlyArray<{
      readonly code: UserErrorCode;
      readonly message: string;
    }>;
  } | null | undefined;
};
export type appsDeleteMutation = {
  response: appsDeleteMutation$data;
  variables: appsDeleteMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "connections"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "input"
},
v2 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "deletedClientId",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "concreteType": "UserError",
  "kind": "LinkedField",
  "name": "userErrors",
  "plural": true,
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "code",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "message",
      "storageKey": null
    }
  ],
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "appsDeleteMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": "DeleteClientPayload",
        "kind": "LinkedField",
        "name": "deleteClient",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          (v4/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "appsDeleteMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": "DeleteClientPayload",
        "kind": "LinkedField",
        "name": "deleteClient",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "filters": null,
            "handle": "deleteEdge",
            "key": "",
            "kind": "ScalarHandle",
            "name": "deletedClientId",
            "handleArgs": [
              {
                "kind": "Variable",
                "name": "connections",
                "variableName": "connections"
              }
            ]
          },
          (v4/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "f5d41a1ecbf055147f853bc8ede05d85",
    "id": null,
    "metadata": {},
    "name": "appsDeleteMutation",
    "operationKind": "mutation",
    "text": "mutation appsDeleteMutation(\n  $input: DeleteClientInput!\n) {\n  deleteClient(input: $input) {\n    deletedClientId\n    userErrors {\n      code\n      message\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "c9933411332595dd68a3012b5ae4bd63";

export default node;
