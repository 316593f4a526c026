# Not built yet: no container engine was at hand. Each step was run by hand with the same commands, in empty folders that held
# only what is copied here (SECURITY.md).
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# What npm links: without them it would leave links that lead nowhere.
COPY packages/stytch-emulator/package.json packages/stytch-emulator/
COPY examples/ledger-export/package.json examples/ledger-export/
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY packages packages
COPY examples/ledger-export examples/ledger-export
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY schema schema
# The ledger, unless DATABASE_URL says PostgreSQL: keep it on a volume.
RUN mkdir data && chown node:node data
VOLUME /app/data
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, which would keep SIGTERM from the gateway.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=64", "--no-allocation-site-pretenuring", "dist/index.js"]
