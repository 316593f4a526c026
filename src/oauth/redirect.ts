import { Failure, type ReturnTarget } from "../failure";

/** Adds an answer to a redirect URI without touching the query it has (RFC 6749 3.1.2). */
export function answerUrl({ redirectUri, state }: ReturnTarget, answer: Record<string, string>): string {
  const parameters = new URLSearchParams(answer);
  if (state !== undefined) parameters.append("state", state);
  // A space as %20 reads the same to clients that decode percent signs only.
  const query = parameters.toString().replaceAll("+", "%20");
  if (!redirectUri.includes("?")) return `${redirectUri}?${query}`;
  return /[?&]$/.test(redirectUri) ? redirectUri + query : `${redirectUri}&${query}`;
}

/** The Member's "no" where Stytch has no question open to answer (RFC 6749 4.1.2.1). */
export const denialUrl = (target: ReturnTarget): string =>
  answerUrl(target, { error: "access_denied", error_description: "The resource owner denied the request." });

/**
 * Checks the address that Stytch wants the browser sent to: the client's redirect URI with its own query, and with
 * exactly one answer and the client's state added. The order of parameters is not promised.
 * @throws when anything else is in it.
 */
export function checkAnswerUrl(returned: string, target: ReturnTarget, code: string | undefined): string {
  const [answer, wanted] = [URL.parse(returned), URL.parse(target.redirectUri)];
  const isAscii = /^[\x21-\x7e]+$/.test(returned);
  if (!answer || !wanted || !isAscii || !sameLocation(answer, wanted)) throw unexpected();
  const added = [...answer.searchParams];
  for (const [name, value] of wanted.searchParams) {
    const index = added.findIndex((pair) => pair[0] === name && pair[1] === value);
    if (index < 0) throw unexpected();
    added.splice(index, 1);
  }
  const valuesOf = (name: string) => added.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  const isExactly = (name: string, value: string | undefined) => {
    const values = valuesOf(name);
    return value === undefined ? values.length === 0 : values.length === 1 && values[0] === value;
  };
  const isOneAnswer = code === undefined ? valuesOf("error").length === 1 : valuesOf("error").length === 0;
  if (!isExactly("state", target.state) || !isExactly("code", code) || !isOneAnswer) throw unexpected();
  return returned;
}

const sameLocation = (answer: URL, wanted: URL) =>
  (["protocol", "username", "password", "host", "pathname", "hash"] as const).every(
    (part) => answer[part] === wanted[part],
  );

/** The address itself is not named: it holds the code. */
const unexpected = () =>
  // It may have granted what was asked all the same.
  new Failure("UPSTREAM_UNAVAILABLE", "Stytch answered with an unexpected redirect address. Nobody was sent there.", {
    outcome: "UNKNOWN",
  });
