using BenchmarkDotNet.Attributes;
using Recv.Bench.HandWritten;
using Recv.Bench.InMemory;
using Recv.Layouts;
using Recv.Ledger;

namespace Recv.Bench.Micro;

/// <summary>One heap of a digitiser asked for its place, by a loop that is closed over the layout as the receive loop is.</summary>
public class PlaceBenchmark
{
    private const int Heaps = 1024;

    private Placing? _yaml;
    private Placing? _byHand;

    [GlobalSetup]
    public void Setup()
    {
        CompiledLayout layout = Traffic.Parse("digitiser")[0].Resolve();
        _yaml = Placing.Over(layout.Instance);
        _byHand = Placing.Over(DigitiserLayout.Like(layout));
    }

    /// <summary>The layout in YAML.</summary>
    [Benchmark(OperationsPerInvoke = Heaps)]
    public long Yaml() => _yaml!.Place(Heaps);

    /// <summary>The same as a struct that somebody wrote.</summary>
    [Benchmark(OperationsPerInvoke = Heaps)]
    public long ByHand() => _byHand!.Place(Heaps);

    private abstract class Placing
    {
        public static Placing Over(IHeapLayout layout) =>
            (Placing)Activator.CreateInstance(typeof(Placing<>).MakeGenericType(layout.GetType()), layout)!;

        public abstract long Place(int heaps);
    }

    private sealed class Placing<TLayout>(TLayout layout) : Placing
        where TLayout : struct, IHeapLayout
    {
        private readonly TLayout _layout = layout;
        private readonly long[] _items = [0, 0, 0];

        public override long Place(int heaps)
        {
            long heapBytes = _layout.Shape.HeapBytes, step = _layout.Shape.HeapTimestampStep, sum = 0;
            for (int heap = 0; heap < heaps; heap++)
            {
                (_items[0], _items[1]) = (heap / 2 * step, heap & 1);
                if (_layout.Place(heapBytes, _items, out Placement placement) != Outcome.None) return -1;
                sum += placement.Offset;
            }
            return sum;
        }
    }
}
