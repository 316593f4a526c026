/**
 * @generated SignedSource<<1e1d7f978ece4f659f51daa4819c695a>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type UserErrorCode = "APP_ALREADY_ALLOWED" | "APP_REQUEST_DECIDED" | "APP_REQUEST_OPEN" | "CLIENT_HAS_NO_SECRET" | "CONSENT_CHANGED" | "IDEMPOTENCY_KEY_REUSED" | "INVALID" | "LIMIT_REACHED" | "NOT_FOUND" | "REFUSED_BY_POLICY" | "REQUEST_EXPIRED" | "ROTATION_IN_PROGRESS" | "ROTATION_NOT_STARTED" | "SCOPE_NOT_GRANTABLE" | "%future added value";
export type RevokeMemberAppInput = {
  connectedAppId: string;
  memberId: string;
  organizationId?: string | null | undefined;
};
export type membersRevokeMutation$variables = {
  input: RevokeMemberAppInput;
};
export type membersRevokeMutation$data = {
  readonly revokeMemberApp: {
    readonly member: {
      readonly authorizations: ReadonlyArray<{
        readonly id: string;
      }> | null | undefined;
      readonly id: string;
    } | null | undefined;
    readonly revokedAuthorizationId: string | null | undefined;
    readonly userErrors: ReadonlyArray<{
      readonly code: UserErrorCode;
      readonly message: string;
    }>;
  } | null | undefined;
};
export type membersRevokeMutation = {
  response: membersRevokeMutation$data;
  variables: membersRevokeMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "revokedAuthorizationId",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "concreteType": "Member",
  "kind": "LinkedField",
  "name": "member",
  "plural": false,
  "selections": [
    (v3/*:: as any*/),
    {
      "alias": null,
      "args": null,
      "concreteType": "Authorization",
      "kind": "LinkedField",
      "name": "authorizations",
      "plural": true,
      "selections": [
        (v3/*:: as any*/)
      ],
      "storageKey": null
    }
  ],
  "storageKey": null
},
v5 = {
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
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "membersRevokeMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RevokeMemberAppPayload",
        "kind": "LinkedField",
        "name": "revokeMemberApp",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v4/*:: as any*/),
          (v5/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "membersRevokeMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "RevokeMemberAppPayload",
        "kind": "LinkedField",
        "name": "revokeMemberApp",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "filters": null,
            "handle": "deleteRecord",
            "key": "",
            "kind": "ScalarHandle",
            "name": "revokedAuthorizationId"
          },
          (v4/*:: as any*/),
          (v5/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "c4fa2076a51491b312f6090f29c9937f",
    "id": null,
    "metadata": {},
    "name": "membersRevokeMutation",
    "operationKind": "mutation",
    "text": "mutation membersRevokeMutation(\n  $input: RevokeMemberAppInput!\n) {\n  revokeMemberApp(input: $input) {\n    revokedAuthorizationId\n    member {\n      id\n      authorizations {\n        id\n      }\n    }\n    userErrors {\n      code\n      message\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "9a07d0d7966b3e995894960160362715";

export default node;
