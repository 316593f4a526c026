import { Pool } from "undici";
import type { Upstream } from "../child";
import { listen, readBody, readOptions, report } from "./serve";

/**
 * What no gateway can beat: Q1's planned calls written by hand on an undici pool, without GraphQL, SDK or credential
 * checks. The answer has Q1's shape.
 */
const { upstream } = readOptions<{ upstream: Upstream }>();
const pool = new Pool(upstream.url, { connections: 128 });
const headers = {
  authorization: `Basic ${Buffer.from(`${upstream.projectId}:${upstream.secret}`).toString("base64")}`,
  "content-type": "application/json",
};

async function call<T>(method: "GET" | "POST", path: string, body?: object): Promise<T> {
  const answer = await pool.request({ method, path, headers, body: body ? JSON.stringify(body) : null });
  return (await answer.body.json()) as T;
}

interface Search {
  members: { member_id: string; name: string }[];
  organizations: Record<string, { organization_name: string }>;
}
interface App {
  name: string;
  active_members: { member_id: string; granted_scopes: string[] }[];
}

async function q1(id: string) {
  const base = `/v1/b2b/organizations/${id}/connected_apps`;
  const [search, list] = await Promise.all([
    call<Search>("POST", "/v1/b2b/organizations/members/search", { organization_ids: [id], limit: 50 }),
    call<{ connected_apps: { connected_app_id: string }[] }>("GET", base),
  ]);
  const apps = await Promise.all(list.connected_apps.map((app) => call<App>("GET", `${base}/${app.connected_app_id}`)));
  const byMember = new Map<string, { scopes: string[]; connectedApp: { name: string } }[]>();
  for (const { name, active_members } of apps) {
    for (const { member_id, granted_scopes: scopes } of active_members) {
      const own = byMember.get(member_id) ?? [];
      own.push({ scopes, connectedApp: { name } });
      byMember.set(member_id, own);
    }
  }
  const nodes = search.members.map((member) => ({
    id: member.member_id,
    name: member.name,
    authorizations: byMember.get(member.member_id) ?? [],
  }));
  return { data: { organization: { name: search.organizations[id]?.organization_name, members: { nodes } } } };
}

async function main(): Promise<void> {
  const url = await listen(async (request, response) => {
    const { variables } = JSON.parse(await readBody(request));
    const body = Buffer.from(JSON.stringify(await q1(variables.id)));
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
    response.end(body);
  });
  report(url);
}

void main();
