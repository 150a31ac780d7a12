# Build:  docker build -t recv .
# Run:    docker run --rm --network host -e RECV_LAYOUT=meerkat-digitiser -e RECV_SRC=239.10.10.0+7:7148?if=eth0 recv
#         docker run --rm --network host -v ./recv.yaml:/etc/recv.yaml:ro -e RECV_CONFIG=/etc/recv.yaml recv
#   Every option of `recv run` is a variable, RECV_MAX_CHUNKS for --max-chunks; `recv run --check` shows what is made of them.
#   --network host     multicast joins and the NIC's own queues; a bridge costs a copy and does not pass multicast on
# It runs as an ordinary user: sockets, captures, multicast and pinning need no rights. A socket buffer above the host's
# net.core.rmem_max does:  --user root --cap-drop ALL --cap-add NET_ADMIN
# Packet rings (packet:) do:  --user root --cap-drop ALL --cap-add NET_RAW
# AF_XDP (xdp:) does:         --user root --cap-drop ALL --cap-add NET_RAW --cap-add NET_ADMIN --cap-add BPF --ulimit memlock=-1

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# What decides the packages comes first, so that a change of code does not restore them again.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Recv/Recv.csproj Recv/packages.lock.json Recv/
RUN dotnet restore Recv --locked-mode
COPY .editorconfig ./
COPY layouts/ layouts/
COPY Recv/ Recv/
RUN dotnet publish Recv -c Release --no-restore -o /published

# The ASP.NET Core runtime: /metrics is served by Kestrel.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /published /opt/recv
# The image's own unprivileged user.
USER $APP_UID
# Metrics; loopback only, unless --http names another address.
EXPOSE 9488/tcp
# A clean stop: SIGTERM flushes heaps, emits the window and drains the sinks.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/recv/recv"]
# Options come from RECV_... variables, from the file that RECV_CONFIG names, or after the image's name: `recv run --layout ...`.
CMD ["run"]
