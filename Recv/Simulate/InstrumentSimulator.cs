using Recv.Spead;

namespace Recv.Simulate;

/// <summary>
/// Makes the packets of an instrument, one after the other, without allocating once the first heap is under way.
/// </summary>
/// <remarks>
/// <para>Data heap n has timestamp start + n / sources × step, source n mod sources, heap cnt start + n, and goes to
/// destination n mod destinations. Timestamps wrap at 48 bits or at the flavour's width, heap cnts at the flavour's
/// width.</para>
/// <para><b>Threading:</b> as <see cref="IPacketFeed"/>; the counts may be read by any thread.</para>
/// </remarks>
public sealed class InstrumentSimulator : IPacketFeed
{
    /// <summary>A heap whose packets are being given out; a packet list where it is made only once.</summary>
    private sealed class Slot(HeapPacketizer packetizer, int heapBytes)
    {
        public readonly HeapPacketizer Packetizer = packetizer;
        public readonly byte[] Scratch = new byte[heapBytes];
        public byte[] Payload = [];
        public List<byte[]>? Packets;
        public int NextPacket;
        public int PacketCount;
        public long Heap;

        public bool IsEmpty => NextPacket == PacketCount;
    }

    private readonly SimulatorOptions _options;
    private readonly HeapModel _model;
    private readonly Flavour _flavour;
    private readonly Slot[] _slots;
    private readonly Queue<(byte[] Packet, PacketTag Tag)> _control = new();
    private readonly int _destinations;
    private readonly long _startHeapCnt;
    private readonly long _timestampMask;
    private int _cursor;
    private long _nextHeap;
    private bool _finished;
    private long _timeShift;

    // Written by the feed's thread, read by any; _ending is written by any.
    private long _heaps;
    private long _clockJumps;
    private volatile bool _ending;

    /// <summary>A simulator that begins at the start.</summary>
    /// <exception cref="RecvException">An option or parameter does not fit.</exception>
    public InstrumentSimulator(SimulatorOptions options)
    {
        options.Validate();
        _options = options;
        _flavour = options.ActualFlavour;
        _model = MakeModel(options, _flavour);
        _model.CheckFit(_flavour);
        _destinations = Math.Max(1, options.Destinations.Length);
        _startHeapCnt = options.StartHeapCnt ?? (options.Instrument == Instrument.Spead2 ? 1 : 0);
        _timestampMask = SimulatorOptions.TimestampMask & _flavour.MaxValue;
        _slots = [.. Enumerable.Range(0, options.Interleave).Select(_ => new Slot(MakePacketizer(), _model.HeapBytes))];
        HeapBytesOnWire = _slots[0].Packetizer.HeapBytesOnWire;
        HeapsToSend = options.Heaps ?? HeapsIn(options.Seconds);
        if (options.Descriptors && _model.IsPacket)
            throw RecvException.BadUsage(
                $"the {options.Instrument.ToString().ToLowerInvariant()} simulator has no descriptors: its packets are heaps by "
                    + $"themselves");
        if (options.Descriptors) QueueDescriptors();
    }

    /// <summary>Data heaps that it will have sent at the end; null when it goes on until <see cref="End"/>.</summary>
    public long? HeapsToSend { get; }

    /// <summary>Bytes of payload of a data heap.</summary>
    public int HeapBytes => _model.HeapBytes;

    /// <summary>Bytes of all datagrams of a data heap, SPEAD headers included.</summary>
    public long HeapBytesOnWire { get; }

    /// <summary>Heaps with the same timestamp.</summary>
    public int Sources => _model.Sources;

    /// <summary>Data heaps whose last packet was given out.</summary>
    public long Heaps => Volatile.Read(ref _heaps);

    /// <summary>Jumps and resets of the clock so far.</summary>
    public long ClockJumps => Volatile.Read(ref _clockJumps);

    /// <inheritdoc/>
    public int MaxPacketBytes => _options.MaxPacketBytes;

    /// <inheritdoc/>
    public int PacketsPerHeap => _slots[0].Packetizer.PacketCount;

    /// <inheritdoc/>
    public void End() => _ending = true;

    /// <inheritdoc/>
    public int Next(Span<byte> destination, out PacketTag tag)
    {
        if (_control.TryDequeue(out (byte[] Packet, PacketTag Tag) control))
        {
            tag = control.Tag;
            control.Packet.CopyTo(destination);
            return control.Packet.Length;
        }
        for (int tried = 0; tried < _slots.Length; tried++)
        {
            Slot slot = _slots[_cursor];
            _cursor = _cursor + 1 == _slots.Length ? 0 : _cursor + 1;
            if (slot.IsEmpty && !BeginHeap(slot)) continue;
            return NextOf(slot, destination, out tag);
        }
        tag = default;
        if (_finished) return 0;
        _finished = true;
        if (!_options.StopHeap || _model.IsPacket) return 0;
        QueueStopHeaps();
        return Next(destination, out tag);
    }

    private int NextOf(Slot slot, Span<byte> destination, out PacketTag tag)
    {
        int packet = slot.NextPacket++;
        tag = new PacketTag(slot.Heap, slot.IsEmpty, (int)(slot.Heap % _destinations));
        if (slot.IsEmpty) _heaps++;
        if (slot.Packets is null) return slot.Packetizer.Write(packet, slot.Payload, destination);
        slot.Packets[packet].CopyTo(destination);
        return slot.Packets[packet].Length;
    }

    private bool BeginHeap(Slot slot)
    {
        // Ends with a whole batch: a polarisation or antenna less would look like loss.
        if (_nextHeap == HeapsToSend || _ending && _nextHeap % _model.Sources == 0) return false;
        long heap = _nextHeap++;
        long cnt = _startHeapCnt + heap & _flavour.MaxValue;
        int source = (int)(heap % _model.Sources);
        slot.Heap = heap;
        slot.NextPacket = 0;
        slot.Packetizer.SetHeapCnt(cnt);
        long time = _options.Instrument == Instrument.Spead2 ? cnt : Timestamp(heap);
        slot.Payload = _model.Prepare(slot.Packetizer, time, source, slot.Scratch);
        // As spead2_send: the first heap to each destination carries the descriptors.
        bool describes = _options.Instrument == Instrument.Spead2 && heap < _destinations;
        slot.Packets = describes ? WithDescriptors(cnt, slot.Payload) : null;
        slot.PacketCount = slot.Packets?.Count ?? slot.Packetizer.PacketCount;
        return true;
    }

    private long Timestamp(long heap)
    {
        long batch = heap / _model.Sources;
        long time = _options.StartTimestamp + unchecked(batch * _model.TimestampStep) + _timeShift;
        if (heap == _options.Faults.JumpAt)
        {
            _timeShift += _options.Faults.JumpBy;
            time += _options.Faults.JumpBy;
            _clockJumps++;
        }
        if (heap == _options.Faults.ResetAt)
        {
            _timeShift += _options.Faults.ResetTo - time;
            time = _options.Faults.ResetTo;
            _clockJumps++;
        }
        return time & _timestampMask;
    }

    private List<byte[]> WithDescriptors(long cnt, byte[] data)
    {
        var builder = new HeapBuilder(_flavour, cnt);
        foreach (Descriptor descriptor in _model.Descriptors) builder.Describe(descriptor);
        for (int item = 0; item < _model.Items.Length; item++)
        {
            int begin = (int)_model.Items[item].Value;
            int end = item + 1 < _model.Items.Length ? (int)_model.Items[item + 1].Value : data.Length;
            builder.Addressed(_model.Items[item].Id, data.AsSpan(begin, end - begin));
        }
        return builder.Build().ToPackets(_options.MaxPacketBytes, RepeatPointers);
    }

    private void QueueDescriptors()
    {
        for (int destination = 0; destination < _destinations; destination++)
        {
            var builder = new HeapBuilder(_flavour, _startHeapCnt - _destinations + destination & _flavour.MaxValue);
            foreach (Descriptor descriptor in _model.Descriptors) builder.Describe(descriptor);
            QueueControl(builder.Build(), destination);
        }
    }

    private void QueueStopHeaps()
    {
        for (int destination = 0; destination < _destinations; destination++)
        {
            long cnt = _startHeapCnt + _nextHeap + destination & _flavour.MaxValue;
            QueueControl(HeapBuilder.Stop(_flavour, cnt), destination);
        }
    }

    private void QueueControl(Heap heap, int destination)
    {
        List<byte[]> packets = heap.ToPackets(_options.MaxPacketBytes, RepeatPointers);
        for (int packet = 0; packet < packets.Count; packet++)
        {
            var tag = new PacketTag(PacketTag.Control, EndsHeap: packet == packets.Count - 1, destination);
            _control.Enqueue((packets[packet], tag));
        }
    }

    private bool RepeatPointers => _options.RepeatPointers ?? _options.Instrument != Instrument.Spead2;

    private HeapPacketizer MakePacketizer() =>
        new(_flavour, _model.Items.AsSpan(), _model.HeapBytes, _options.MaxPacketBytes, RepeatPointers, _model.IsPacket);

    private long? HeapsIn(double? seconds)
    {
        if (seconds is null) return null;
        double heapsPerSecond = _options.HeapsPerSecond > 0
            ? _options.HeapsPerSecond
            : _options.RateGbps * 1e9 / 8 / HeapBytesOnWire;
        // A product that is whole but for rounding must not become one heap more.
        return (long)Math.Ceiling(seconds.Value * heapsPerSecond * (1 - 1e-12));
    }

    private static HeapModel MakeModel(SimulatorOptions options, Flavour flavour) => options.Instrument switch
    {
        Instrument.Digitiser => DigitiserModel.Create(options.Parameters, options.Pattern, options.Seed, flavour),
        Instrument.FEngine => FengineModel.Create(options.Parameters, options.Pattern, options.Seed, flavour),
        Instrument.Beam => BeamModel.Create(options.Parameters, options.Pattern, options.Seed, flavour),
        Instrument.Sps => SpsModel.Create(options.Parameters, options.Pattern, options.Seed),
        Instrument.Spead2 => Spead2Model.Create(options.Parameters, options.Pattern),
        _ => throw RecvException.BadUsage($"unknown instrument {options.Instrument}"),
    };
}
