using System.Collections.Immutable;
using Recv.Layouts.Yaml;

namespace Recv.Layouts.Emit;

/// <summary>Computes the sizes of a layout and refuses those that do not fit together or into a machine.</summary>
/// <param name="document">The layout.</param>
/// <param name="names">Its parameters.</param>
/// <remarks><b>Threading:</b> one thread, at load.</remarks>
internal sealed class ShapeBuilder(LayoutDocument document, NameTable names)
{
    /// <summary>A span of .NET ends at 2 GiB, and a sink looks at a heap through one.</summary>
    public const long MaxHeapBytes = int.MaxValue;

    // Of a UDP datagram over IPv4 (RFC 768, RFC 791).
    private const int MaxPacketBytes = 65535 - 20 - 8;

    /// <summary>1 TiB: beyond the memory of any receiver, so a slip of the pen.</summary>
    public const long MaxChunkBytes = 1L << 40;

    /// <summary>Extra takes up to 8 bytes a heap and is one span.</summary>
    public const long MaxChunkHeaps = int.MaxValue / 8;

    // Of SPEAD-64-48, what instruments send.
    private const int DefaultTimestampBits = 48;

    // An item ID has 63 bits less those of the heap address, which has at least 8.
    private const long MaxItemId = (1L << 55) - 1;

    /// <summary>The shape, with <paramref name="statistics"/> in it.</summary>
    public LayoutShape Build(ImmutableArray<string> statistics)
    {
        long heapBytes = Within(document.HeapBytes, 1, MaxHeapBytes, "heap_bytes");
        bool packetHeaps = Flag(document.PacketHeaps, otherwise: false, "packet_heaps");
        if (packetHeaps && heapBytes > MaxPacketBytes)
            throw document.HeapBytes.Start.Error(
                $"heap_bytes is {heapBytes}, and with packet_heaps a heap is one packet, which has {MaxPacketBytes} bytes at most; make "
                    + $"it smaller");
        long step = Within(document.Timestamp.Step, 1, 1L << LayoutProgram.TimestampBits, "step");
        int bits = document.Timestamp.Bits is { } written
            ? (int)Within(written, 1, LayoutProgram.TimestampBits, "bits")
            : DefaultTimestampBits;
        ImmutableArray<LayoutAxis> axes = Axes(heapBytes);
        int time = axes.ToList().FindIndex(axis => axis.Name == LayoutReader.TimeAxis);
        if ((Int128)step * axes[time].Size > Int128.One << bits)
        {
            throw document.Axes[time].Size.Start.Error(
                $"a chunk of {axes[time].Size} × {step} is longer than timestamps of {bits} bits; "
                + "make 'step', the axis 'time' or 'bits' fit");
        }
        return new LayoutShape
        {
            Name = document.Name,
            PacketHeaps = packetHeaps,
            HeapBytes = heapBytes,
            ChunkBytes = axes[0].Size * axes[0].StrideBytes,
            ChunkBatches = axes[time].Size,
            BatchHeaps = axes.Aggregate(1, (heaps, axis) => heaps * axis.Size) / axes[time].Size,
            HeapTimestampStep = step,
            Items = Items(),
            TimestampItem = document.Timestamp.Item,
            TimestampBits = bits,
            Statistics = statistics,
            Axes = axes,
            Extra = document.Extra is { } extra ? new LayoutExtra(extra.Name, extra.Dtype, extra.Bytes) : null,
            Samples = Samples(),
            AdcRate = AdcRate(),
            SyncTime = document.SyncTime,
        };
    }

    /// <summary>The value of a boolean expression.</summary>
    public bool Flag(LocatedExpression? expression, bool otherwise, string what) =>
        expression is null ? otherwise : Within(expression, 0, 1, what) == 1;

    private long Within(LocatedExpression expression, long min, long max, string what)
    {
        long value = names.Evaluate(expression);
        if (value >= min && value <= max) return value;
        throw expression.Start.Error(
            $"{what} is {value}; it must be {(max == 1 ? "true or false (1 or 0)" : $"from {min} to {max}")}");
    }

    private ImmutableArray<LayoutItem> Items()
    {
        var items = ImmutableArray.CreateBuilder<LayoutItem>();
        foreach (ItemDeclaration declared in document.Items)
        {
            long id = Within(declared.Id, 1, MaxItemId, "an item's id");
            if (items.FirstOrDefault(other => other.Id == id) is { } same)
                throw declared.Id.Start.Error(
                    $"item '{declared.Name}' has the id of '{same.Name}' (0x{id:x}); remove one of them");
            bool required = Flag(declared.Required, otherwise: false, "required");
            if (required && declared.Default is { } useless)
                throw useless.Start.Error(
                    $"item '{declared.Name}' is required and has a default; remove one of the two");
            long otherwise = declared.Default is { } value ? names.Evaluate(value) : -1;
            items.Add(new LayoutItem(declared.Name, id, required, otherwise, declared.LittleEndian));
        }
        if (document.Timestamp.Value is not null) items.Add(new LayoutItem(LayoutReader.TimeAxis, LayoutItem.Computed, Required: true));
        if (!items[document.Timestamp.Item].Required)
            throw document.Timestamp.ItemAt.Error(
                "the timestamp's item is not required; a heap without it has no place, add required: true to the item");
        return items.ToImmutable();
    }

    private ImmutableArray<LayoutAxis> Axes(long heapBytes)
    {
        var axes = new LayoutAxis[document.Axes.Length];
        Int128 inner = heapBytes;
        long heaps = 1;
        string within = "a heap";
        for (int i = axes.Length - 1; i >= 0; i--)
        {
            AxisDeclaration axis = document.Axes[i];
            long size = Within(axis.Size, 1, MaxChunkHeaps, $"the size of axis '{axis.Name}'");
            heaps *= size;
            if (heaps > MaxChunkHeaps)
                throw axis.Size.Start.Error(
                    $"a chunk of {heaps} heaps or more; at most {MaxChunkHeaps}, make an axis smaller");
            Int128 stride = axis.Stride is { } written ? names.Evaluate(written) : inner;
            if (stride < inner)
                throw axis.Stride!.Start.Error(
                    $"axes overlap: stride {stride} of '{axis.Name}' is less than the {inner} bytes of {within}; "
                    + "make it at least that");
            inner = stride * size;
            if (inner > MaxChunkBytes)
                throw axis.Size.Start.Error(
                    $"a chunk of {inner} bytes or more; "
                    + $"at most {MaxChunkBytes} (1 TiB), make an axis or heap_bytes smaller");
            if (axis.Labels.Length != 0 && axis.Labels.Length != size)
                throw axis.At.Error(
                    $"axis '{axis.Name}' has {axis.Labels.Length} labels and size {size}; give one label per step");
            axes[i] = new LayoutAxis(axis.Name, (int)size, (long)stride, axis.Labels);
            within = $"axis '{axis.Name}'";
        }
        return [.. axes];
    }

    // A parameter of 0 says that the rate is not known, so that a layout can leave it to --set.
    private double? AdcRate()
    {
        if (document.AdcRate is not { } declared) return null;
        double hertz = declared.Expression is null ? declared.Hertz : names.Evaluate(declared.Expression);
        if (hertz == 0) return null;
        return SampleClock.IsAdcRate(hertz)
            ? hertz
            : throw declared.At.Error($"adc_rate is {hertz}; give timestamp units per second, 1 to 1e12, or 0 if not known");
    }

    private LayoutSamples? Samples()
    {
        if (document.Samples is not { } samples) return null;
        string dtype = samples.Bits is { } bits ? samples.Dtype + names.Evaluate(bits) : samples.Dtype;
        if (!Dtypes.Samples.Contains(dtype))
            throw samples.DtypeAt.Error(
                $"unknown dtype '{dtype}'; "
                + $"known: {string.Join(", ", Dtypes.Samples)}, or int, uint, float with 'bits'");
        return new LayoutSamples(dtype, Dtypes.Bits(dtype),
            Flag(samples.Complex, otherwise: false, "complex"), Flag(samples.BigEndian, otherwise: true, "big_endian"));
    }
}
