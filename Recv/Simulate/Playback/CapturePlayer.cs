using System.Diagnostics;
using System.Net.Sockets;
using Recv.Ledger;
using Recv.Native;
using Recv.Sources;

namespace Recv.Simulate.Playback;

/// <summary>Sends the datagrams of a capture to the destinations that the user named, and nowhere else.</summary>
/// <remarks>
/// <para><b>Threading:</b> <see cref="Run"/> on one thread; <see cref="Stop"/> and the counts from any.</para>
/// <para><b>Owns:</b> its sockets.</para>
/// </remarks>
public sealed class CapturePlayer : IDisposable
{
    // The longest sleep: a stop is noticed within it.
    private const long MaxSleepNanoseconds = 20_000_000;

    // Sleeps end late by about as much.
    private const long TooShortNanoseconds = 60_000;

    // The most bytes of payload that a datagram can have.
    private const int MaxDatagramBytes = 65507;

    private readonly PlaybackOptions _options;
    private readonly SendSocket[] _sockets;
    private readonly Pacer _pacer;
    private readonly Action<string>? _warn;
    private readonly Datagram[] _batch = new Datagram[64];
    private readonly Dictionary<(UInt128 Address, ushort Port), int> _socketOf = [];
    private bool _stop;
    private int _paced;
    private long _packets, _bytes, _errors, _flawed, _started, _ended;
    private SocketError _lastError;

    /// <summary>Opens the sockets; sends nothing yet.</summary>
    /// <param name="options">What, where to, how fast.</param>
    /// <param name="warn">Told of clocks that were set and files that were joined, a line each, on the thread of <see cref="Run"/>.</param>
    /// <exception cref="RecvException">The options do not fit together (exit code 2), or the host refused (3).</exception>
    public CapturePlayer(PlaybackOptions options, Action<string>? warn = null)
    {
        options.Check();
        _options = options;
        _warn = warn;
        _pacer = new Pacer(options.RateGbps * 1e9 / 8, MaxDatagramBytes);
        var sockets = new List<SendSocket>();
        try
        {
            foreach (UdpDestination destination in options.To) sockets.Add(new SendSocket(destination));
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
        _sockets = [.. sockets];
    }

    /// <summary>Datagrams sent.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>Their bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Datagrams that the host did not take.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Why, the last time; null when there was none.</summary>
    public string? LastError => Errors == 0 ? null : new SocketException((int)_lastError).Message;

    /// <summary>Frames recorded too short or with lengths that lie, so that there was nothing whole to send.</summary>
    public long Flawed => Volatile.Read(ref _flawed);

    /// <summary>What is wrong with the capture, after the end; null when it is whole.</summary>
    public string? Damage { get; private set; }

    /// <summary>Seconds from the first datagram on.</summary>
    public double Seconds => Volatile.Read(ref _started) is var started and not 0
        ? Stopwatch.GetElapsedTime(started, Volatile.Read(ref _ended) is var ended and not 0
            ? ended : Stopwatch.GetTimestamp()).TotalSeconds
        : 0;

    /// <summary>Sends the capture, as often as wanted, or until <see cref="Stop"/>.</summary>
    /// <exception cref="RecvException">The capture cannot be read.</exception>
    public void Run()
    {
        Volatile.Write(ref _started, Stopwatch.GetTimestamp());
        _pacer.Start();
        for (int loop = 0; (_options.Loops == 0 || loop < _options.Loops) && !Volatile.Read(ref _stop) && Damage is null; loop++)
        {
            long before = _packets + _errors;
            Play(isFirst: loop == 0);
            // An empty capture would be read over and over, without a pause.
            if (_packets + _errors == before) break;
        }
        Volatile.Write(ref _ended, Stopwatch.GetTimestamp());
    }

    /// <summary>Ends <see cref="Run"/> soon.</summary>
    public void Stop() => Volatile.Write(ref _stop, true);

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_sockets, socket => socket.Dispose());

    private void Play(bool isFirst)
    {
        using IOriginSource source = SourceFactory.OfCaptures(_options.Files, _options.Destination);
        if (_sockets.Length > 1) source.KeepOrigins();
        source.Open();
        long began = Now();
        var clock = new SteppingClock(_options.MaxGap, isFirst && _options.Speed is not null ? _warn : null);
        bool goOn = true;
        while (goOn && !source.Ended)
        {
            int count = source.Receive(_batch, wait: true);
            for (int i = 0; i < count && goOn; i++)
            {
                clock.Add(_batch[i].ArrivalNanoseconds);
                goOn = Await(_batch[i], began, clock.Elapsed);
                if (goOn) Send(_batch[i], _sockets.Length > 1 ? _sockets[SocketOf(source.OriginOf(i))] : _sockets[0]);
            }
            source.Release();
            goOn &= !Volatile.Read(ref _stop);
        }
        Damage = source.Damage;
        if (isFirst) foreach (string warning in source.Warnings) _warn?.Invoke(warning);
    }

    /// <summary>Waits until a datagram may go; false when somebody asked to stop.</summary>
    private bool Await(in Datagram datagram, long began, long elapsed)
    {
        if (_options.Speed is { } speed) return AwaitTime(began + (long)(elapsed / speed));
        if (_options.RateGbps == 0) return true;
        // Bursts, because the clock and the timer are too coarse for each datagram of a fast stream.
        int due = _paced;
        if (due + datagram.Length <= _pacer.BurstBytes)
        {
            _paced += datagram.Length;
            return true;
        }
        _paced = datagram.Length;
        return _pacer.Wait(due, in _stop);
    }

    private bool AwaitTime(long due)
    {
        for (long left = due - Now(); left > 0; left = due - Now())
        {
            if (Volatile.Read(ref _stop)) return false;
            if (left > TooShortNanoseconds) Libc.SleepNanoseconds(Math.Min(left - TooShortNanoseconds, MaxSleepNanoseconds));
            else Thread.SpinWait(10);
        }
        return true;
    }

    private void Send(in Datagram datagram, SendSocket socket)
    {
        if (datagram.Flaw != Outcome.None)
        {
            Volatile.Write(ref _flawed, _flawed + 1);
            return;
        }
        SocketError error = socket.Send(datagram.Span);
        if (error == SocketError.Success)
        {
            Volatile.Write(ref _packets, _packets + 1);
            Volatile.Write(ref _bytes, _bytes + datagram.Length);
            return;
        }
        _lastError = error;
        Volatile.Write(ref _errors, _errors + 1);
    }

    private int SocketOf(in DatagramOrigin origin)
    {
        if (_socketOf.TryGetValue((origin.To, origin.ToPort), out int socket)) return socket;
        return _socketOf[(origin.To, origin.ToPort)] = _socketOf.Count % _sockets.Length;
    }

    private static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
