using System.Net.Sockets;
using System.Threading.Channels;

namespace Recv.Sensors.Katcp;

/// <summary>One client of a <see cref="KatcpServer"/>: reads its requests one after the other, and sends what waits for it.</summary>
/// <remarks>
/// <para>A client that asks and does not read is not listened to any more until it reads; one that is told of sensors and
/// does not read is
/// disconnected. Either way it costs a bounded queue, and nobody else anything.</para>
/// <para><b>Threading:</b> <see cref="RunAsync"/> once; <see cref="Tell"/> and <see cref="Disconnect"/> from any thread.
/// <b>Owns:</b> the socket and the samplers.</para>
/// </remarks>
internal sealed class KatcpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly KatcpOptions _options;
    private readonly Channel<byte[]> _output;
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<string, SensorSampler> _samplers = [];

    public KatcpConnection(Socket socket, KatcpOptions options)
    {
        _socket = socket;
        _options = options;
        Address = socket.RemoteEndPoint?.ToString() ?? "";
        _output = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(options.MaxQueuedMessages) { SingleReader = true });
    }

    /// <summary>The client's address and port.</summary>
    public string Address { get; }

    /// <summary>Talks until the client goes, misbehaves or is disconnected.</summary>
    public async Task RunAsync(KatcpRequests requests)
    {
        Task writing = WriteAsync();
        try
        {
            foreach (KatcpMessage inform in KatcpVersion.Informs("version-connect", 0)) await SendAsync(inform);
            await ReadAsync(requests);
        }
        catch (Exception end) when (
            end is SocketException or OperationCanceledException or ChannelClosedException or ObjectDisposedException)
        {
            // It went, or was made to go.
        }
        foreach (SensorSampler sampler in _samplers.Values) sampler.Dispose();
        _output.Writer.TryComplete();
        await writing;
    }

    /// <summary>Sends when the client has read enough of what was before.</summary>
    public ValueTask SendAsync(KatcpMessage message) => _output.Writer.WriteAsync(message.ToBytes(), _ended.Token);

    /// <summary>Sends now or never: a client that does not read what it asked to be told is disconnected.</summary>
    public void Tell(KatcpMessage message)
    {
        if (!_output.Writer.TryWrite(message.ToBytes())) End();
    }

    /// <summary>Sends what waits, then why, then goes.</summary>
    public void Disconnect(string why)
    {
        _output.Writer.TryWrite(new KatcpMessage(KatcpMessageKind.Inform, "disconnect", 0, why).ToBytes());
        _output.Writer.TryComplete();
    }

    /// <summary>The strategy of a sensor.</summary>
    public SamplingStrategy StrategyOf(Sensor sensor) =>
        _samplers.TryGetValue(sensor.Name, out SensorSampler? sampler) ? sampler.Strategy : SamplingStrategy.None;

    /// <summary>Samples a sensor from now on; called while a request is handled, so by one thread.</summary>
    public void Sample(Sensor sensor, SamplingStrategy strategy)
    {
        if (_samplers.Remove(sensor.Name, out SensorSampler? before)) before.Dispose();
        if (strategy.Reports) _samplers.Add(sensor.Name, new SensorSampler(sensor, strategy, Report, _options.Clock));
    }

    /// <summary>Goes at once, whatever waits.</summary>
    public void Dispose()
    {
        End();
        _socket.Dispose();
    }

    private void Report(Sensor sensor, SensorReading reading) =>
        Tell(new KatcpMessage(KatcpMessageKind.Inform, "sensor-status", 0, KatcpRequests.Describe(sensor, reading)));

    private async Task ReadAsync(KatcpRequests requests)
    {
        byte[] buffer = new byte[_options.MaxLineBytes];
        int filled = 0;
        while (true)
        {
            int read = await _socket.ReceiveAsync(buffer.AsMemory(filled), _ended.Token);
            if (read == 0) return;
            int searched = filled;
            filled += read;
            int begin = 0;
            while (LineEnd(buffer, Math.Max(begin, searched), filled) is >= 0 and int end)
            {
                await requests.HandleAsync(this, buffer.AsMemory(begin, end - begin));
                begin = end + 1;
            }
            filled -= begin;
            buffer.AsSpan(begin, filled).CopyTo(buffer);
            if (filled < buffer.Length) continue;
            Disconnect($"a line of more than {buffer.Length} bytes");
            return;
        }
    }

    // Either ends a line (specification 5.1, section 2.1); the empty line between the two is ignored.
    private static int LineEnd(byte[] buffer, int from, int to)
    {
        int at = buffer.AsSpan(from..to).IndexOfAny((byte)'\n', (byte)'\r');
        return at < 0 ? -1 : from + at;
    }

    private async Task WriteAsync()
    {
        var batch = new List<byte>();
        try
        {
            while (await _output.Reader.WaitToReadAsync(_ended.Token))
            {
                batch.Clear();
                while (batch.Count < _options.MaxLineBytes && _output.Reader.TryRead(out byte[]? line)) batch.AddRange(line);
                await SendAllAsync(batch.ToArray());
            }
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            End();
        }
    }

    private async Task SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
            patience.CancelAfter(_options.SendTimeout);
            bytes = bytes[await _socket.SendAsync(bytes, patience.Token)..];
        }
    }

    // Off the caller's thread: whatever waits on the token runs there, and the caller may be a sink's.
    private void End()
    {
        _output.Writer.TryComplete();
        _ = _ended.CancelAsync();
    }
}
