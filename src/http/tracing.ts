import type { FastifyInstance } from "fastify";
import type { Span, Tracer } from "../trace";
import { whenOver } from "./client-gone";

declare module "fastify" {
  interface FastifyRequest {
    /** `null` where nothing is traced. */
    span: Span | null;
  }
}

/** Asked every few seconds, by nobody who waits for them. */
const UNTRACED = new Set<unknown>(["/livez", "/readyz", "/metrics"]);

/** A span for every request of a known route. Call it before the routes are registered. */
export function traceRequests(app: FastifyInstance, tracer: Tracer | undefined): void {
  app.decorateRequest("span", null);
  if (!tracer) return;
  app.addHook("onRequest", (request, reply, done) => {
    const { url: route } = request.routeOptions;
    if (route === undefined || UNTRACED.has(route)) return done();
    const attributes = { "http.request.method": request.method, "http.route": route };
    const span = tracer.begin(`${request.method} ${route}`, request.headers.traceparent, attributes);
    request.span = span;
    whenOver(reply, () => {
      const { statusCode: status, writableFinished: isAnswered } = reply.raw;
      if (isAnswered) span.set({ "http.response.status_code": status });
      if (!isAnswered) span.set({ "error.type": "client gone" });
      else if (status >= 500) span.set({ "error.type": String(status) });
      span.end();
    });
    done();
  });
}
