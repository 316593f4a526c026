import type { CurrentOrganization } from "../stytch/directory";
import type { ClientRecord } from "../stytch/reads";
import { compared } from "./explain-redirect";
import { type Finding, shown } from "./explain-url";

export function clientFindings(clientId: string, client: ClientRecord | null): Finding[] {
  if (client || clientId === "") return [];
  const message = /[<>{}\s]/.test(clientId)
    ? "This is a placeholder, no id. Put in the app's client id."
    : "There is no such Connected App here. Was it deleted, or does it belong to the other environment (test, live)?";
  return [
    {
      parameter: "client_id",
      sent: shown(clientId),
      expected: "the id of a Connected App",
      message,
      leads: "page",
      stytchErrorType: "connected_app_not_found",
    },
  ];
}

export function redirectFindings(redirectUri: string, client: ClientRecord | null): Finding[] {
  if (!client || redirectUri === "") return [];
  const { redirect_urls: registered } = client;
  const finding = { parameter: "redirect_uri", sent: shown(redirectUri), leads: "page" } as const;
  if (registered.length === 0) {
    const message = "The app has no redirect URI registered at all.";
    return [{ ...finding, expected: null, message, stytchErrorType: "connected_app_misconfigured_client" }];
  }
  const found = compared(redirectUri, registered);
  if (!found) return [];
  const message = `It is not registered for this app. The nearest that is differs: ${found.details.join("; ")}.`;
  const stytchErrorType = "connected_app_supplied_redirect_url_not_found_in_client";
  return [{ ...finding, expected: found.closest, message, stytchErrorType }];
}

/** Found by the parser already, unless something else was wrong too. */
export function pkceFindings(query: URLSearchParams, client: ClientRecord | null, read: readonly Finding[]): Finding[] {
  const challenge = query.get("code_challenge") ?? "";
  const method = query.get("code_challenge_method") ?? "";
  const isSaid = read.some(({ parameter }) => parameter === "code_challenge_method" || parameter === "code_challenge");
  const findings: Finding[] = [];
  if (client?.client_type.endsWith("_public") && challenge === "") {
    findings.push({
      parameter: "code_challenge",
      sent: null,
      expected: "base64url of the SHA-256 of the verifier: 43 characters",
      message: "The app is a public client, so PKCE is required (RFC 7636).",
      leads: "app",
    });
  }
  if (!isSaid && (challenge === "") !== (method === "")) {
    findings.push({
      parameter: challenge === "" ? "code_challenge" : "code_challenge_method",
      sent: null,
      expected: challenge === "" ? "a challenge, or no method" : "S256",
      message: "code_challenge and code_challenge_method=S256 go together.",
      leads: "app",
    });
  }
  return findings;
}

const MODES = new Map([
  ["NOT_ALLOWED", "it allows none"],
  ["RESTRICTED", "it allows only some, and this one is not among them"],
]);

export function policyFindings(client: ClientRecord | null, organization: CurrentOrganization | null): Finding[] {
  if (!client || !organization) return [];
  const isFirstParty = client.client_type.startsWith("first_party");
  const mode = isFirstParty
    ? organization.first_party_connected_apps_allowed_type
    : organization.third_party_connected_apps_allowed_type;
  const allowed = isFirstParty
    ? organization.allowed_first_party_connected_apps
    : organization.allowed_third_party_connected_apps;
  const why = MODES.get(mode);
  if (why === undefined || (mode === "RESTRICTED" && allowed.includes(client.client_id))) return [];
  const kind = isFirstParty ? "first-party" : "third-party";
  return [
    {
      parameter: "client_id",
      sent: client.client_id,
      expected: "an app that the Organization's Connected App policy allows",
      message: `The policy of this Organization does not allow it: of ${kind} apps, ${why}.`,
      leads: "app",
      stytchErrorType: "connected_app_not_allowed_for_org",
    },
  ];
}
