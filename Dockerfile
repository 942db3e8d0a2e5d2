# The native program in an image of its own.
#   docker build -t roj .                      a node
#   docker build -t roj-sync --target sync .   one file, described by /torrent.conf, at /data.bin

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN ./publish /out

# The C library and OpenSSL are all that the program needs; 'getent' is for deployments that know names instead of addresses.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble AS program
COPY --from=build /out/roj /usr/local/bin/roj
COPY LICENSE /usr/share/doc/roj/LICENSE

# As root, since the data file is mounted and may be anybody's.
FROM program AS sync
USER root
EXPOSE 6881/tcp 7071/udp
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/roj", "sync"]
CMD ["--config", "/torrent.conf", "--data", "/data.bin"]

# The last one is what is built unless another is named.
FROM program AS node
RUN install -d -o 1654 -g 1654 -m 700 /var/lib/roj
# The user 'app' of the base image.
USER 1654
ENV ROJ_DATA_DIR=/var/lib/roj
VOLUME /var/lib/roj
EXPOSE 7070/tcp 7071/tcp 7071/udp 6881/tcp 6379/tcp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/local/bin/roj", "status"]
ENTRYPOINT ["/usr/local/bin/roj"]
CMD ["node"]
