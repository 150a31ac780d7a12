using System.Collections.Concurrent;
using System.Diagnostics;
using Recv.Ledger;
using Recv.Threads;

namespace Recv.Sources.Pcap.Recording;

/// <summary>
/// Records a source into pcapng files. One thread receives, another writes, so that a slow disk costs datagrams by count
/// and never in silence: each loss is marked at the datagram after it and in the statistics of the file.
/// </summary>
/// <remarks>
/// <para>Every datagram that the source gave is <see cref="Recorded"/>, <see cref="Lost"/> for want of a free buffer, or
/// <see cref="Flawed"/>; those that the kernel dropped before are <see cref="KernelDropped"/>.</para>
/// <para><b>Threading:</b> <see cref="Start"/>, <see cref="Wait"/> and <see cref="Dispose"/> from one thread, the rest from
/// any. <b>Owns:</b> the source, the threads, the buffers and the files.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
public sealed class CaptureRecorder : IDisposable
{
    // What lies in a buffer longer than this goes to the disk even if the buffer is not full.
    private const long FlushMilliseconds = 200;

    private readonly IPacketSource _source;
    private readonly IOriginSource? _origins;
    private readonly DatagramOrigin _unknown;
    private readonly RecordingOptions _options;
    private readonly Datagram[] _batch;
    private readonly ConcurrentQueue<RecordingBuffer> _free = new();
    private readonly ConcurrentQueue<RecordingBuffer> _full = new();
    private readonly Parking _receiver = new();
    private readonly Parking _writer = new();
    private readonly Func<bool> _mayGoOn;
    private readonly Func<bool> _mustWrite;
    private readonly List<RecordingBuffer> _buffers = [];
    private readonly PinnedThread _receiving;
    private readonly PinnedThread _writing;
    private RecordingFiles? _files;
    private bool _stop;
    private bool _allFilled;

    // The receive thread's.
    private RecordingBuffer? _filling;
    private long _deadline = long.MaxValue;
    private long _flushAt = long.MaxValue;
    private long _bytes;
    private long _pendingDrops;
    private long _recorded, _lost, _refused, _flawed, _kernelDropped, _otherQueues;
    private long _statusAt = long.MinValue;

    /// <summary>Prepares; nothing is opened yet.</summary>
    /// <param name="source">Whose datagrams.</param>
    /// <param name="options">Where to, how much.</param>
    /// <param name="destination">Where a source that cannot say so itself receives from.</param>
    /// <exception cref="RecvException">The options do not fit together (exit code 2).</exception>
    public CaptureRecorder(IPacketSource source, RecordingOptions options, EndpointRange? destination = null)
    {
        options.Check();
        _source = source;
        _options = options;
        _origins = source as IOriginSource;
        _origins?.KeepOrigins();
        _unknown = destination is null ? default : new DatagramOrigin(0, 0, DatagramOrigin.Number(destination.First.GetAddressBytes()),
            (ushort)destination.Port, destination.First.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);
        _batch = new Datagram[source.MaxBatch];
        _mayGoOn = () => !_free.IsEmpty || IsBroken;
        _mustWrite = () => !_full.IsEmpty || Volatile.Read(ref _allFilled);
        _receiving = new PinnedThread(new Cycle(Receive, EndReceiving), PinnedThread.AnyCore, "capture receive");
        _writing = new PinnedThread(new Cycle(Write, EndWriting), PinnedThread.AnyCore, "capture write");
    }

    /// <summary>Datagrams recorded: in a file, or on their way into one. After the end: in a file.</summary>
    public long Recorded => Failure is null ? Volatile.Read(ref _recorded) : _files?.Written ?? 0;

    /// <summary>Datagrams lost because no buffer was free, the disk being too slow, or because it failed.</summary>
    public long Lost => Volatile.Read(ref _lost) + LostToFailure;

    /// <summary>Those of <see cref="Lost"/> that were received and not written because the disk was full or failed.</summary>
    public long LostToFailure => Volatile.Read(ref _refused) + (Failure is null ? 0 : Volatile.Read(ref _recorded) - Recorded);

    /// <summary>Datagrams that came already cut or with lengths that lie; there was nothing to record.</summary>
    public long Flawed => Volatile.Read(ref _flawed);

    /// <summary>Dropped before they reached us: by the kernel, for want of room in a ring, or because they are
    /// <see cref="OtherQueues"/>.</summary>
    public long KernelDropped => Volatile.Read(ref _kernelDropped);

    /// <summary>Those of <see cref="KernelDropped"/> that came on queues of the card that the source does not read.</summary>
    public long OtherQueues => Volatile.Read(ref _otherQueues);

    /// <summary>Bytes of all files, heads and statistics included.</summary>
    public long Bytes => Failure is null ? Volatile.Read(ref _bytes) : _files?.TotalBytes ?? 0;

    /// <summary>Files begun.</summary>
    public int Files => _files?.Count ?? 0;

    /// <summary>The file that is being written, or was last.</summary>
    public string CurrentFile => _files?.Current ?? _options.File;

    /// <summary>What ended the recording before its time, or null.</summary>
    public Exception? Failure => _writing.Failure ?? _receiving.Failure;

    /// <summary>Opens the source, then the file, then starts both threads.</summary>
    /// <exception cref="RecvException">The file or the source is not available (exit code 2 or 3).</exception>
    public void Start()
    {
        byte[] head = PcapngBlocks.Head(_source.Name, Comment());
        int least = RecordingFiles.Frame(head) + PcapngBlocks.MostOverhead + 1;
        if (_options.MaxBytes < least)
            throw RecvException.BadSetting(
                $"{Setting.Size} {_options.MaxBytes}: a file with a single datagram has {least} bytes; give more");
        for (int i = 0; i < _options.Buffers; i++) _buffers.Add(new RecordingBuffer(_options.BufferBytes));
        _buffers.ForEach(_free.Enqueue);
        // From the opening of the source on, the kernel queues for it.
        Precompiled.PrepareRooms(typeof(CaptureRecorder), typeof(Parking));
        _source.Open();
        _files = new RecordingFiles(_options, head);
        _bytes = RecordingFiles.Frame(head);
        if (_options.Duration is { } duration) _deadline = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        _writing.Start();
        _receiving.Start();
    }

    /// <summary>Asks to end: what was received is still written.</summary>
    public void RequestStop()
    {
        Volatile.Write(ref _stop, true);
        _source.Wake();
        _receiver.Wake();
    }

    /// <summary>Waits for the end, so long at most; false when it has not come.</summary>
    public bool Wait(TimeSpan timeout)
    {
        long since = Stopwatch.GetTimestamp();
        TimeSpan Left() => timeout - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
        return _receiving.Join(Left()) && _writing.Join(Left());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        RequestStop();
        _receiving.Join();
        // A thread that never ran ends nothing.
        EndFilling();
        _writing.Join();
        _files?.Dispose();
        _source.Dispose();
        _buffers.ForEach(buffer => buffer.Dispose());
    }

    private string Comment() =>
        $"Recorded by recv capture from {_source.Name}. Times: {_origins?.TimeOfArrival ?? "when recv took the datagram"}. "
        + "IP and UDP headers are rebuilt from "
        + (_origins is null ? "the destination; the senders are not known" : "the addresses of sender and destination")
        + ": TTL, identification and checksum of UDP are not those of the wire. Datagrams that were lost are counted at the next one "
        + "(epb_dropcount) and in the statistics at the end: isb_osdrop by the kernel, isb_ifdrop for want of buffers or because they "
        + "came cut.";

    // No buffer will come free, or nobody wants it.
    private bool IsBroken => Volatile.Read(ref _stop) || _writing.Failure is not null;

    private bool Receive()
    {
        if (IsBroken || _source.Ended || Environment.TickCount64 >= _deadline) return false;
        int count = _source.Receive(_batch, wait: true);
        NoteKernelDrops();
        bool goOn = true;
        for (int i = 0; i < count && goOn; i++) goOn = Take(i);
        _source.Release();
        if (count == 0 || Environment.TickCount64 >= _flushAt) Flush();
        return goOn;
    }

    private void NoteKernelDrops()
    {
        // Some sources ask the kernel for it. Of a capture, which waits for the disk, each batch has its own drops.
        long now = Environment.TickCount64;
        if (now == _statusAt && !_options.WaitForDisk) return;
        _statusAt = now;
        SourceStatus status = _source.Status;
        long dropped = status.DroppedBefore;
        if (dropped == _kernelDropped) return;
        _pendingDrops += dropped - _kernelDropped;
        Volatile.Write(ref _otherQueues, status.OtherQueues);
        Volatile.Write(ref _kernelDropped, dropped);
    }

    /// <summary>Takes one datagram of the batch; false when the recording has got all that it may.</summary>
    private bool Take(int index)
    {
        ref readonly Datagram datagram = ref _batch[index];
        if (datagram.Flaw != Outcome.None)
        {
            Volatile.Write(ref _flawed, _flawed + 1);
            _pendingDrops++;
            return true;
        }
        int most = datagram.Length + PcapngBlocks.MostOverhead;
        if (_bytes + most > _options.MaxBytes) return false;
        DatagramOrigin origin = _origins is null ? _unknown : _origins.OriginOf(index);
        if (!TryAdd(datagram, origin))
        {
            if (_writing.Failure is null) Volatile.Write(ref _lost, _lost + 1);
            else Volatile.Write(ref _refused, _refused + 1);
            _pendingDrops++;
            return true;
        }
        _pendingDrops = 0;
        Volatile.Write(ref _recorded, _recorded + 1);
        return _recorded != _options.MaxPackets;
    }

    private bool TryAdd(in Datagram datagram, in DatagramOrigin origin)
    {
        // The one that is full, then a fresh one: in that, every datagram fits.
        for (int tries = 0; tries < 2; tries++)
        {
            if (_filling is null && !TryBegin()) return false;
            int before = _filling!.Filled;
            if (_filling.TryAdd(datagram, origin, _pendingDrops))
            {
                Volatile.Write(ref _bytes, _bytes + _filling.Filled - before);
                return true;
            }
            Flush();
        }
        return false;
    }

    private bool TryBegin()
    {
        while (!_free.TryDequeue(out _filling))
        {
            if (!_options.WaitForDisk || IsBroken) return false;
            _receiver.WaitUntil(_mayGoOn);
        }
        _filling.Clear();
        _flushAt = Environment.TickCount64 + FlushMilliseconds;
        return true;
    }

    private void Flush()
    {
        if (_filling is null) return;
        _full.Enqueue(_filling);
        _writer.Wake();
        _filling = null;
        _flushAt = long.MaxValue;
    }

    private void EndReceiving()
    {
        _source.ReadDrops();
        _statusAt = long.MinValue;
        NoteKernelDrops();
        Flush();
        EndFilling();
    }

    private void EndFilling()
    {
        Volatile.Write(ref _allFilled, true);
        _writer.Wake();
    }

    private bool Write()
    {
        _writer.WaitUntil(_mustWrite);
        // What was filled before the end is written after it, so the end is looked at first.
        bool goOn = !Volatile.Read(ref _allFilled);
        while (_full.TryDequeue(out RecordingBuffer? buffer))
        {
            _files!.Write(buffer, Volatile.Read(ref _lost) + Flawed, KernelDropped);
            _free.Enqueue(buffer);
            _receiver.Wake();
        }
        return goOn;
    }

    private void EndWriting()
    {
        // After a failure the other thread may still be receiving, or wait for a buffer; it stops at its next turn, and its counts are
        // final.
        _receiver.Wake();
        if (Failure is not null) _receiving.Join();
        _files!.End(Lost + Flawed, KernelDropped);
    }

    private sealed class Cycle(Func<bool> turn, Action end) : IDutyCycle
    {
        public bool Turn() => turn();

        public void End() => end();
    }
}
