import type { FastifyInstance } from "fastify";

/** `/livez`: the process answers. `/readyz`: it takes traffic; no longer once it is stopping. Neither asks Stytch. */
export function registerHealthRoutes(app: FastifyInstance, isReady: () => boolean): void {
  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (isReady()) return { status: "ok" };
    return reply.code(503).send({ status: "stopping" });
  });
}
