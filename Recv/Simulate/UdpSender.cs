using System.Diagnostics;
using System.Net.Sockets;
using Recv.Native;

namespace Recv.Simulate;

/// <summary>
/// Sends the packets of a feed to the destinations that the user named, and nowhere else, at a steady rate, on a thread
/// of its own.
/// </summary>
/// <remarks>
/// <para><b>Threading:</b> <see cref="Start"/> once; <see cref="Stop"/>, <see cref="Wait"/> and <see cref="Status"/>
/// from any thread.</para>
/// <para><b>Owns:</b> its thread and sockets; <see cref="Dispose"/> stops and closes.</para>
/// </remarks>
public sealed class UdpSender : IDisposable
{
    private readonly record struct Queued(int Offset, int Length, int Destination);

    // A segmented buffer: at most 64 segments (UDP_MAX_SEGMENTS of linux/udp.h before 6.9), in one IP datagram with its
    // headers.
    private const int MaxSegments = 64;
    private const int MaxSegmentedBytes = 65000;

    // A stop lets the heaps under way finish for so long, and then cuts them: 100 ms are promised.
    private const int FinishMilliseconds = 50;

    // A run of so many seconds is a number of whole heaps. One that would go over its end by more than this is cut there.
    private const double LongestOverrunSeconds = 5;

    // Sleeps between bursts are tens of microseconds; the kernel's own slack of 50 would spoil them.
    private const int TimerSlackNanoseconds = 1000;

    private readonly IPacketFeed _feed;
    private readonly FaultPlan? _faults;
    private readonly InstrumentSimulator _simulator;
    private readonly SendSocket[] _sockets;
    private readonly Pacer _pacer;
    private readonly double _bytesPerSecond;
    private readonly byte[] _burst;
    private readonly List<Queued> _queue = [];
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _ended = new();
    private long _started;

    // Written by the sending thread only.
    private long _packets, _bytes, _errors, _finished;
    private volatile string? _lastError;
    private volatile bool _segmentation;
    private SocketError _lastKind;

    // Written by whoever stops.
    private bool _abort;
    private bool _isDisposed;

    /// <summary>Makes simulator, faults and sockets; sends nothing yet.</summary>
    /// <exception cref="RecvException">An option does not fit, or the host refused an address or interface.</exception>
    public UdpSender(SimulatorOptions options)
    {
        _simulator = new InstrumentSimulator(options);
        if (options.Destinations.IsDefaultOrEmpty)
            throw RecvException.BadUsage("no destination: name one as ADDRESS:PORT");
        _faults = options.Faults.HitsPackets ? new FaultPlan(_simulator, options.Faults) : null;
        _feed = _faults is null ? _simulator : _faults;
        _segmentation = options.Segmentation;
        _bytesPerSecond = options.HeapsPerSecond > 0
            ? options.HeapsPerSecond * _simulator.HeapBytesOnWire
            : options.RateGbps * 1e9 / 8;
        _pacer = new Pacer(_bytesPerSecond, options.MaxPacketBytes, IsCut(options.Seconds) ? options.Seconds : null);
        _burst = new byte[_pacer.BurstBytes + options.MaxPacketBytes];
        _sockets = OpenSockets(options);
        _thread = new Thread(Run) { IsBackground = true, Name = "recv-send" };
    }

    /// <summary>What it has done so far.</summary>
    public SenderStatus Status
    {
        get
        {
            long bytes = Volatile.Read(ref _bytes);
            double seconds = Elapsed().TotalSeconds;
            double rate = seconds == 0 ? 0 : bytes / seconds;
            return new SenderStatus
            {
                Packets = Volatile.Read(ref _packets),
                Bytes = bytes,
                Heaps = _simulator.Heaps,
                Errors = Volatile.Read(ref _errors),
                LastError = _lastError,
                AchievedGbps = rate * 8e-9,
                PacingError = _bytesPerSecond == 0 || seconds == 0 ? 0 : rate / _bytesPerSecond - 1,
                MaxLateness = _pacer.MaxLateness,
                IsSegmenting = _segmentation,
                HasEnded = _ended.IsSet,
                WasCut = _ended.IsSet && _pacer.IsOver,
            };
        }
    }

    /// <summary>What was done to the stream on purpose.</summary>
    public FaultCounts Faults => _faults?.Counts ?? new FaultCounts { ClockJumps = _simulator.ClockJumps };

    /// <summary>The simulator behind it: sizes and counts.</summary>
    public InstrumentSimulator Simulator => _simulator;

    /// <summary>Begins to send.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// Ends the stream within 100 ms: heaps under way are finished and stop heaps sent, unless that takes too long.
    /// </summary>
    public void Stop()
    {
        _feed.End();
        if ((_thread.ThreadState & System.Threading.ThreadState.Unstarted) != 0) return;
        if (!_ended.Wait(FinishMilliseconds)) Volatile.Write(ref _abort, true);
        _thread.Join();
    }

    /// <summary>Waits for the end of the stream; false when <paramref name="timeout"/> came first.</summary>
    public bool Wait(TimeSpan timeout) => _ended.Wait(timeout);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Stop();
        foreach (SendSocket socket in _sockets) socket.Dispose();
        _ended.Dispose();
    }

    // The last heap of a run goes over its end; nobody minds a moment, but at a rate for bits it would go on for days.
    private bool IsCut(double? seconds) => _simulator.HeapBytesOnWire / _bytesPerSecond > seconds + LongestOverrunSeconds;

    private static SendSocket[] OpenSockets(SimulatorOptions options)
    {
        var sockets = new List<SendSocket>();
        try
        {
            foreach (UdpDestination destination in options.Destinations) sockets.Add(new SendSocket(destination));
            return [.. sockets];
        }
        catch
        {
            foreach (SendSocket socket in sockets) socket.Dispose();
            throw;
        }
    }

    private TimeSpan Elapsed()
    {
        long started = Volatile.Read(ref _started);
        long finished = Volatile.Read(ref _finished);
        if (started == 0) return TimeSpan.Zero;
        return Stopwatch.GetElapsedTime(started, finished == 0 ? Stopwatch.GetTimestamp() : finished);
    }

    private void Run()
    {
        try
        {
            Libc.SetTimerSlack(TimerSlackNanoseconds);
            // The first burst is made before the clock starts: a tone's table takes its time.
            int bytes = FillBurst();
            Volatile.Write(ref _started, Stopwatch.GetTimestamp());
            _pacer.Start();
            for (; bytes != 0 && _pacer.Wait(bytes, in _abort); bytes = FillBurst()) SendBurst();
        }
        catch (Exception failure) when (failure is RecvException or SocketException)
        {
            _lastError = failure.Message;
            Volatile.Write(ref _errors, _errors + 1);
        }
        finally
        {
            Volatile.Write(ref _finished, Stopwatch.GetTimestamp());
            _ended.Set();
        }
    }

    private int FillBurst()
    {
        _queue.Clear();
        int filled = 0;
        while (filled < _pacer.BurstBytes - _feed.MaxPacketBytes || filled == 0)
        {
            int length = _feed.Next(_burst.AsSpan(filled), out PacketTag tag);
            if (length == 0) break;
            _queue.Add(new Queued(filled, length, tag.Destination));
            filled += length;
        }
        return filled;
    }

    private void SendBurst()
    {
        for (int first = 0; first < _queue.Count;)
        {
            int count = _segmentation ? RunLength(first) : 1;
            if (count > 1 && !SendSegmented(first, count)) continue;
            if (count == 1) SendOne(_queue[first]);
            first += count;
        }
    }

    /// <summary>
    /// Packets from <paramref name="first"/> on that one segmented buffer can hold: equal ones to one destination, the
    /// last perhaps shorter.
    /// </summary>
    private int RunLength(int first)
    {
        Queued head = _queue[first];
        int bytes = head.Length;
        int count = 1;
        for (; first + count < _queue.Count && count < MaxSegments; count++)
        {
            Queued next = _queue[first + count];
            if (next.Destination != head.Destination || next.Length > head.Length) break;
            if (bytes + next.Length > MaxSegmentedBytes) break;
            bytes += next.Length;
            if (next.Length < head.Length) return count + 1;
        }
        return count;
    }

    /// <summary>
    /// Sends a run as one buffer; false when the kernel does not do that here, and packets go singly from now on.
    /// </summary>
    private bool SendSegmented(int first, int count)
    {
        Queued head = _queue[first];
        Queued last = _queue[first + count - 1];
        SendSocket socket = _sockets[head.Destination];
        int bytes = last.Offset + last.Length - head.Offset;
        SocketError error = SocketError.OperationNotSupported;
        if (socket.TrySegment(head.Length)) error = socket.Send(_burst.AsSpan(head.Offset, bytes));
        if (IsSegmentationRefused(error))
        {
            _segmentation = false;
            foreach (SendSocket each in _sockets) each.TrySegment(0);
            return false;
        }
        Count(error, count, bytes);
        return true;
    }

    // What the kernel says when the interface or the packet size does not allow it: EINVAL, EIO, EMSGSIZE.
    private static bool IsSegmentationRefused(SocketError error) => error is SocketError.OperationNotSupported
        or SocketError.InvalidArgument or SocketError.SocketError or SocketError.MessageSize;

    private void SendOne(Queued packet)
    {
        SendSocket socket = _sockets[packet.Destination];
        if (_segmentation) socket.TrySegment(0);
        Count(socket.Send(_burst.AsSpan(packet.Offset, packet.Length)), 1, packet.Length);
    }

    private void Count(SocketError error, int packets, int bytes)
    {
        if (error == SocketError.Success)
        {
            Volatile.Write(ref _packets, _packets + packets);
            Volatile.Write(ref _bytes, _bytes + bytes);
            return;
        }
        Volatile.Write(ref _errors, _errors + packets);
        if (_lastError is null || error != _lastKind) _lastError = new SocketException((int)error).Message;
        _lastKind = error;
    }
}
