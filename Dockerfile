# The two programs, and nothing that builds them.
#   docker build -t tsdump .
#   docker run --rm --user "$(id -u):$(id -g)" -v /backup:/backup -v ~/.my.cnf:/my.cnf:ro tsdump \
#     tsdump --defaults-extra-file=/my.cnf -d /backup/first -c
FROM node:22-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm run man && npm pack --ignore-scripts --pack-destination /tmp

FROM node:22-slim
COPY --from=build /tmp/tsdump-*.tgz /tmp/
RUN npm install --global --omit=dev --no-audit --no-fund /tmp/tsdump-*.tgz && rm /tmp/tsdump-*.tgz && npm cache clean --force
USER node
WORKDIR /backup
CMD ["tsdump", "--help"]
