import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { all, pause, type Row, times, type Verdict, waitFor } from "./row";
import { StartRefused } from "./target";

const VIEWER = "{ viewer { member { id } } }";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}

async function startRedis(port: number): Promise<ChildProcess> {
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface(server.stdout)) if (line.includes("Ready to accept connections")) break;
  return server;
}

/** A body of which a byte comes each second. Resolves when the gateway ends the connection. */
function drip(url: string, sockets: Socket[]): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  sockets.push(socket);
  socket.on("error", () => undefined).resume();
  socket.write(
    "POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: 90000\r\n\r\n{",
  );
  const dripping = setInterval(() => socket.write(" "), 1000);
  return new Promise((resolve) =>
    socket.once("close", () => {
      clearInterval(dripping);
      resolve();
    }),
  );
}

export const PROCESS: readonly Row[] = [
  {
    number: 7,
    attack: "Redis that is frozen, not gone",
    async play(scene) {
      const port = await freePort();
      const redis = await startRedis(port);
      try {
        const env = { REDIS_URL: `redis://127.0.0.1:${port}` };
        const target = await scene.start(env);
        const member = await scene.session(scene.emulator.seeded.people.memberId);
        await target.ask(VIEWER, member);
        redis.kill("SIGSTOP");
        const { status, ms } = await target.ask(VIEWER, member);
        const started = performance.now();
        const starts = await scene.start(env).then(
          () => `starts in ${Math.round(performance.now() - started)} ms`,
          () => "does not start in 15 s",
        );
        return all([
          { held: status === 200 && ms < 1000, figure: status === 0 ? "no answer in 5 s" : `${Math.round(ms)} ms` },
          { held: starts.startsWith("starts"), figure: starts },
        ]);
      } finally {
        redis.kill("SIGKILL");
      }
    },
  },
  {
    number: 16,
    attack: "200 request bodies that drip",
    async play(scene) {
      const target = await scene.start();
      const sockets: Socket[] = [];
      let open = 200;
      for (const closed of times(200, () => drip(target.url, sockets)))
        void closed.then(() => {
          open -= 1;
        });
      await waitFor(() => open === 0, 30_000);
      const left = open;
      for (const socket of sockets) socket.destroy();
      return { held: left === 0, figure: `${left} of 200 still open after 30 s` };
    },
  },
  {
    number: 21,
    attack: "the log's reader dies, with requests in flight",
    emulator: { latencyMs: 500 },
    async play(scene) {
      const target = await scene.start();
      const { memberId } = scene.emulator.seeded.people;
      const sessions = await Promise.all(times(10, () => scene.session(memberId)));
      const answers = sessions.map((session) => target.ask(VIEWER, session));
      await pause(100);
      target.child.stdout?.destroy();
      const answered = (await Promise.all(answers)).filter(({ status }) => status === 200).length;
      const later = (await target.get("/livez")).status;
      const held = answered === 10 && later === 200;
      return { held, figure: `${answered} of 10 answered; ${later === 200 ? "goes on" : "the process ended"}` };
    },
  },
  {
    number: 22,
    attack: "SIGTERM to npm start",
    async play(scene) {
      // Without its `prestart`, which builds.
      const shell = spawn("npm", ["start", "--ignore-scripts"], {
        cwd: scene.directory,
        env: { PATH: process.env.PATH ?? "", ...scene.environment() },
        stdio: ["ignore", "pipe", "ignore"],
        // A group of its own, so that all of it can be ended.
        detached: true,
      });
      try {
        const url = await new Promise<string>((resolve) => {
          createInterface(shell.stdout).on("line", (line) => {
            const found = /listening at (http:\/\/[\d.:]+)/.exec(line)?.[1];
            if (found) resolve(found);
          });
        });
        shell.kill("SIGTERM");
        const isFree = async () =>
          fetch(`${url}/livez`).then(
            () => false,
            () => true,
          );
        const held = await waitFor(isFree, 12_000);
        return { held, figure: held ? "its port is free" : "it goes on, and keeps its port" };
      } finally {
        endGroup(shell.pid);
      }
    },
  },
  {
    number: 25,
    attack: "real credentials, NODE_ENV forgotten",
    async play(scene) {
      const env = {
        NODE_ENV: "",
        STYTCH_PROJECT_ID: "project-live-00000000-0000-4000-8000-000000000000",
        STYTCH_BASE_URL: "http://127.0.0.1:1/",
        LOGIN_URL: "https://login.example",
        OPERATOR_ORGANIZATION_ID: "",
      };
      const http = await scene.start({ ...env, PUBLIC_URL: "http://gateway.example" }).then(
        (target) => target.kill().then((): Verdict => ({ held: false, figure: "an http PUBLIC_URL" })),
        (error: unknown): Verdict => ({ held: error instanceof StartRefused, figure: "no http PUBLIC_URL" }),
      );
      const target = await scene.start({ ...env, PUBLIC_URL: "https://gateway.example" });
      const introspects = (await target.ask("{ __schema { queryType { name } } }")).data !== null;
      const { headers } = await target.get("/graphql?query=%7B__typename%7D", {
        origin: "https://studio.apollographql.com",
        "apollo-require-preflight": "1",
      });
      const isOpen = headers.has("access-control-allow-origin");
      return all([
        http,
        { held: !introspects, figure: `introspection ${introspects ? "on" : "off"}` },
        { held: !isOpen, figure: `CORS for Apollo's site ${isOpen ? "on" : "off"}` },
      ]);
    },
  },
];

function endGroup(pid: number | undefined): void {
  try {
    if (pid) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
