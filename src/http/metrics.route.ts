import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics";

/** `/metrics` for Prometheus. It names no caller and no object, but it is for operators: do not publish it. */
export function registerMetricsRoute(app: FastifyInstance, { registry }: Metrics): void {
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
