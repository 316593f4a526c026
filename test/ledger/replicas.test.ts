import type { ChildProcess } from "node:child_process";
import { freePort, isRedisInstalled, startRedisServer } from "../support/redis-server";
import { ENGINES, type Engine, startEngine } from "./engines";
import { type Replicas, startReplicas } from "./two-replicas";

// The full size: `npx tsx test/ledger/replicas.ts`.
const MUTATIONS = 120;
const ROTATIONS = 10;
const RACES = 5;

(ENGINES.includes("postgres") ? describe : describe.skip)("two gateways on one PostgreSQL", () => {
  let engine: Engine;
  let redis: ChildProcess | undefined;
  let replicas: Replicas;
  beforeAll(async () => {
    engine = await startEngine("postgres");
    const port = isRedisInstalled ? await freePort() : undefined;
    if (port) redis = await startRedisServer(port);
    replicas = await startReplicas(await engine.create(), port ? `redis://127.0.0.1:${port}` : undefined);
  });
  afterAll(async () => {
    await replicas?.stop();
    redis?.kill("SIGKILL");
    await engine?.stop();
  });

  test("mutations at both: nothing is missing, nothing is there twice, and every chain is unbroken", async () => {
    await replicas.mutate(MUTATIONS);
    const { writes, events, verdict } = await replicas.account();
    expect(verdict).toMatchObject({ chains: 2, events: MUTATIONS, breaks: [] });
    expect(events.filter(({ outcome }) => outcome !== "DONE")).toEqual([]);
    expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(MUTATIONS);
    expect(writes.size).toBe(MUTATIONS);
    expect([...writes].filter(([, times]) => times !== 1)).toEqual([]);
  });

  test("rotations that are due for both are completed once", async () => {
    const apps = await replicas.rotate(ROTATIONS);
    const { writes, events } = await replicas.account();
    const completed = events.filter(({ actor }) => actor.kind === "GATEWAY");
    expect(completed.map(({ connectedAppId, outcome }) => `${connectedAppId} ${outcome}`).sort()).toEqual(
      apps.map((app) => `${app} DONE`).sort(),
    );
    expect(apps.map((app) => writes.get(`POST ${app}/secrets/rotate`))).toEqual(apps.map(() => 1));
  });

  test("a form that is sent to both at once grants once; the other says that it has expired", async () => {
    const races = await replicas.raceConsents(RACES);
    expect(races).toEqual(races.map(() => ({ answers: ["This page has expired", "granted"], grants: 1 })));
    const { events, verdict } = await replicas.account();
    expect(verdict.breaks).toEqual([]);
    const granted = events.filter(({ action, outcome }) => action === "AUTHORIZATION_GRANTED" && outcome === "DONE");
    expect(granted).toHaveLength(RACES);
  });
});
