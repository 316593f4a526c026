import type { FastifyInstance } from "fastify";
import type { Redis } from "../redis";

/**
 * `/livez`: the process answers. `/readyz`: it takes traffic; no longer once it is stopping. Neither asks Stytch. Without
 * Redis replicas count by themselves and go on, so its state is told and changes nothing.
 */
export function registerHealthRoutes(app: FastifyInstance, isReady: () => boolean, redis: Redis | undefined): void {
  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (isReady()) return { status: "ok", ...(redis && { redis: redis.isUp() ? "up" : "away" }) };
    return reply.code(503).send({ status: "stopping" });
  });
}
