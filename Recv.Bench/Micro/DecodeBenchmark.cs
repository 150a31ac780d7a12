using BenchmarkDotNet.Attributes;
using Recv.Bench.InMemory;
using Recv.Ledger;
using Recv.Spead;

namespace Recv.Bench.Micro;

/// <summary>One packet header of eight item pointers, per packet.</summary>
public unsafe class DecodeBenchmark
{
    private const int Packets = 1024;

    private static readonly long[] Ids = [ItemIds.Timestamp, 0x3101, 0x3102];
    private static readonly long[] Defaults = [-1, -1, -1];

    private readonly long[] _values = new long[Ids.Length];
    private PacketField? _field;
    private HeaderTemplate? _template;

    [GlobalSetup]
    public void Setup()
    {
        Traffic traffic = Traffic.Parse("digitiser")[0];
        _field = new PacketField(traffic, (long)Packets * traffic.PacketBytes);
        _template = new HeaderTemplate(Ids, Defaults);
        PacketDecoder.Decode(_field.First, _field.PacketBytes, out PacketView packet);
        _template.Learn(in packet);
        if (!_template.TryDecode(_field.First, _field.PacketBytes, out _)) throw new InvalidOperationException(
            "the template knows nothing");
    }

    [GlobalCleanup]
    public void Cleanup() => _field!.Dispose();

    /// <summary>Pointer by pointer, and the wanted items.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public long Search()
    {
        long sum = 0;
        for (int i = 0; i < Packets; i++)
        {
            byte* data = _field!.First + (long)i * _field.PacketBytes;
            if (PacketDecoder.Decode(data, _field.PacketBytes, out PacketView packet) != Outcome.None) return -1;
            PacketDecoder.ReadItems(in packet, Ids, _values);
            sum += _values[0] + packet.HeapCnt;
        }
        return sum;
    }

    /// <summary>By the template of the packets before.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public long Template()
    {
        long sum = 0;
        for (int i = 0; i < Packets; i++)
        {
            byte* data = _field!.First + (long)i * _field.PacketBytes;
            if (!_template!.TryDecode(data, _field.PacketBytes, out PacketView packet)) return -1;
            _template.ReadItems(in packet, _values);
            sum += _values[0] + packet.HeapCnt;
        }
        return sum;
    }
}
