FROM node:20-slim AS build
WORKDIR /strata
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /strata
COPY --from=build /strata ./
# What the service writes is the key of a development installation, and nothing else.
RUN mkdir /data && chown node:node /data
ENV STRATA_DATA_DIR=/data
VOLUME /data
USER node
# Not cli/bin.js, which compiles again what seems newer than its output: an image keeps no fractions of seconds.
ENTRYPOINT ["node", "dist/cli/strata.js"]
CMD ["gateway"]
