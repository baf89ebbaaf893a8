# One image with both programs; the command chooses. Static, without a shell, not root; runs on a read-only root, with
# /data as the only folder that it writes to. `docker build --build-arg VERSION=1.2.3 .` stamps the version, without history.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X github.com/alwrity/onboarding/internal/ops.version=$VERSION" -o /out/bin/ ./cmd/api ./cmd/worker && mkdir /out/data

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="ALwrity onboarding" \
      org.opencontainers.image.description="The API and the workers of the ALwrity onboarding" \
      org.opencontainers.image.source="https://github.com/alwrity/onboarding" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version=$VERSION
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/bin/ /usr/local/bin/
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DATA_DIR=/data PATH=/usr/local/bin
# Of whichever program runs; `api health` and `worker health` ask one.
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s CMD ["worker", "health", "-either"]
