using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Recv.Sensors.Katcp;

/// <summary>Serves sensors over katcp 5.1 (KATCP.md beside this file): what there is, what it says, and reports by each
/// client's strategy. It changes nothing.</summary>
/// <remarks>
/// <b>Threading:</b> clients are served on the thread pool; of whoever sets a sensor it takes the time to put a line into
/// the queues of the
/// clients that want it. <b>Owns:</b> the listening socket and the connections.
/// </remarks>
public sealed class KatcpServer : IAsyncDisposable
{
    private const int Backlog = 128;

    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);

    private readonly Socket _listener;
    private readonly KatcpOptions _options;
    private readonly KatcpRequests _requests;
    private readonly ConcurrentDictionary<KatcpConnection, Task> _clients = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private KatcpServer(Socket listener, SensorSet sensors, KatcpOptions options)
    {
        _listener = listener;
        _options = options;
        _requests = new KatcpRequests(sensors, () => _clients.Keys.Select(client => client.Address), options.Clock);
        Address = (IPEndPoint)listener.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Clients that are connected.</summary>
    public int Clients => _clients.Count;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="RecvException">The address is taken or not ours (exit code 3).</exception>
    public static KatcpServer Start(IPEndPoint address, SensorSet sensors, KatcpOptions? options = null)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(address);
            listener.Listen(Backlog);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw RecvException.SettingRefused(
                $"{Setting.Katcp} {address}: cannot listen there: {error.Message.TrimEnd('.')}; give another port", error);
        }
        return new KatcpServer(listener, sensors, options ?? new KatcpOptions());
    }

    /// <summary>Says goodbye to the clients, and waits a moment for those that do not listen.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        foreach (KatcpConnection client in _clients.Keys) client.Disconnect("the receiver ends");
        Task ended = Task.WhenAll(_clients.Values);
        await Task.WhenAny(ended, Task.Delay(Goodbye));
        foreach (KatcpConnection client in _clients.Keys) client.Dispose();
        await ended;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Welcome(await _listener.AcceptAsync(_stop.Token));
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client has gone already, or the process has no descriptor left: those that are served come first.
                await Task.Delay(TimeSpan.FromMilliseconds(100), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Welcome(Socket socket)
    {
        KatcpConnection client;
        try
        {
            socket.NoDelay = true;
            // A peer that lost its power sends no goodbye.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            client = new KatcpConnection(socket, _options);
        }
        catch (SocketException)
        {
            // It went as soon as it had come.
            socket.Dispose();
            return;
        }
        if (_clients.Count >= _options.MaxClients)
        {
            Refuse(socket);
            client.Dispose();
            return;
        }
        KatcpMessage connected = new(KatcpMessageKind.Inform, "client-connected", 0, $"client connected from {client.Address}");
        foreach (KatcpConnection other in _clients.Keys) other.Tell(connected);
        // It is among the clients before it can ask who they are.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _clients.TryAdd(client, ServeAsync(client, begin.Task));
        begin.SetResult();
    }

    private void Refuse(Socket socket)
    {
        byte[] why = new KatcpMessage(KatcpMessageKind.Inform, "disconnect", 0,
            $"there are {_options.MaxClients} clients already").ToBytes();
        socket.Blocking = false;
        socket.Send(why, SocketFlags.None, out _);
    }

    private async Task ServeAsync(KatcpConnection client, Task begin)
    {
        await begin;
        try
        {
            await client.RunAsync(_requests);
        }
        finally
        {
            client.Dispose();
            _clients.TryRemove(client, out _);
        }
    }
}
