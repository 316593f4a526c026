import { startTestGateway } from "../support/gateway";
import { post } from "../support/post";

const RUNNING = 2;
/** Four for each that runs: `src/stytch/slots.ts`. */
const WAITING = 8;
const TOO_MANY = 12;

test("more calls than run and wait are refused at once; those that wait are answered; then all is well", async () => {
  const { url, emulator, stop } = await startTestGateway({ maxConnections: RUNNING });
  // A session each, so that no call is shared with another's.
  const sessions = await Promise.all(
    Array.from({ length: RUNNING + WAITING + TOO_MANY }, () =>
      emulator.mintSession({ memberId: emulator.seeded.people.memberId }),
    ),
  );
  const sendAll = (count: number) =>
    Promise.all(
      sessions
        .slice(0, count)
        .map(({ session_token }) =>
          post(url, { "x-stytch-member-session": session_token }, "{ viewer { isOperator } }"),
        ),
    );

  emulator.faults.inject({ route: "*", fault: { kind: "delay", ms: 2000 }, times: RUNNING });
  const answers = await sendAll(sessions.length);
  const refused = answers.filter(({ errors }) => errors.length > 0);
  expect(refused).toHaveLength(TOO_MANY);
  for (const { status, headers, errors } of refused) {
    expect(status).toBe(502);
    expect(headers.get("retry-after")).toBe("1");
    expect(errors[0]?.extensions).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retryAfterSeconds: 1 });
  }
  expect(emulator.requests("POST /v1/b2b/sessions/authenticate")).toHaveLength(RUNNING + WAITING);

  expect((await sendAll(RUNNING + WAITING)).flatMap(({ errors }) => errors)).toEqual([]);
  await stop();
});
