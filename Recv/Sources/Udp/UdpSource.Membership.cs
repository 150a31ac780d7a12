namespace Recv.Sources.Udp;

/// <summary>Joining and leaving while the source receives.</summary>
public sealed partial class UdpSource
{
    private readonly Lock _changes = new();

    /// <summary>
    /// Receives from more addresses or groups, from now on. Each new socket gets the receive buffer that the first ones got.
    /// </summary>
    /// <remarks><b>Threading:</b> any thread, from <see cref="Open"/> to <see cref="Dispose"/>.</remarks>
    /// <exception cref="RecvException">It is in the stream already (exit code 2), or the host refused (3); then nothing has
    /// changed.</exception>
    public void Join(SourceAddress address)
    {
        lock (_changes)
        {
            SocketReader reader = Reader();
            UdpSocket[] before = _sockets;
            List<UdpSocket> opened = [];
            try
            {
                foreach (UdpEndpoint endpoint in UdpEndpoint.Of([address]))
                {
                    if (Array.Exists(before, socket => Receives(socket, endpoint)))
                        throw RecvException.BadUsage(
                            $"source '{address.Text}': {endpoint.Address} is already in this stream; leave it first");
                    opened.Add(OpenSocket(endpoint, BufferBytesEach));
                }
                CheckGranted([.. before, .. opened], BufferBytesEach);
                if (_isStamped) opened.ForEach(socket => MessageOrigins.Stamp(socket.Descriptor));
            }
            catch
            {
                opened.ForEach(socket => socket.Dispose());
                throw;
            }
            _sockets = [.. before, .. opened];
            reader.Change(_sockets, []);
        }
    }

    /// <summary>
    /// Leaves multicast groups: switches stop delivering them. What the kernel has queued of them is still received.
    /// </summary>
    /// <remarks><b>Threading:</b> any thread, from <see cref="Open"/> to <see cref="Dispose"/>.</remarks>
    /// <exception cref="RecvException">It is not in the stream, is no group, or nothing else would be left (exit code
    /// 2).</exception>
    public void Leave(SourceAddress address)
    {
        lock (_changes)
        {
            SocketReader reader = Reader();
            UdpEndpoint[] endpoints = UdpEndpoint.Of([address]);
            UdpSocket[] leaving = Array.FindAll(_sockets, socket => Array.Exists(endpoints, endpoint => Receives(socket, endpoint)));
            if (leaving.Length < endpoints.Length) throw RecvException.BadUsage(
                $"source '{address.Text}' is not, or not whole, in this stream");
            if (!Array.TrueForAll(leaving, socket => socket.IsGroup))
                throw RecvException.BadUsage($"source '{address.Text}' is not a multicast group; only groups can be left");
            if (leaving.Length == _sockets.Length)
                throw RecvException.BadUsage($"source '{address.Text}' is all that this stream receives; stop the stream instead");
            Array.ForEach(leaving, socket => socket.Leave());
            _sockets = [.. _sockets.Except(leaving)];
            Volatile.Write(ref _bufferGranted, _sockets.Sum(socket => socket.BufferBytes));
            reader.Change(_sockets, leaving);
        }
    }

    private SocketReader Reader()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        return _reader ?? throw new InvalidOperationException("the source is not open");
    }

    private static bool Receives(UdpSocket socket, UdpEndpoint endpoint) =>
        socket.Local.Equals(endpoint.Address) && Equals(socket.Endpoint.Sender, endpoint.Sender)
            && socket.Endpoint.Interface == endpoint.Interface;
}
