import { bodyOf, HOSTILE } from "../bounds/hostile-texts";
import { startTestGateway } from "../support/gateway";

async function main() {
  const unlimited = { viewer: 1e9, organization: 1e9, address: 1e9 };
  const gateway = await startTestGateway({ rateLimits: unlimited });
  const { session_jwt } = await gateway.emulator.mintSession({ memberId: gateway.emulator.seeded.people.memberId });
  for (const [name, hostile] of Object.entries(HOSTILE)) {
    for (const headers of [{}, { authorization: `Bearer ${session_jwt}` }] as Record<string, string>[]) {
      const before = process.cpuUsage();
      const r = await fetch(`${gateway.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: bodyOf(hostile),
      });
      const t = await r.text();
      const { user, system } = process.cpuUsage(before);
      console.log(name.padEnd(50), ((user + system) / 1000).toFixed(1), r.status, t.length, t.slice(0, 120));
    }
  }
  await gateway.stop();
}
void main();
