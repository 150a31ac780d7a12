using System.Reflection.Emit;
using Recv.Sources.Memory;
using Recv.Streams;
using Recv.Tests.Support.Runs;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;
using Recv.Threads;

namespace Recv.Tests.Streams;

public sealed class StreamGaugesTests : IDisposable
{
    private readonly GroupRig _rig = new(2);

    private StreamGauges Gauges => _rig.Streams[0].Gauges;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void HeapsInOrderHaveNoReorderDepth()
    {
        _rig.ReceiveChunks(0, 0, 3);
        Assert.Equal((0, 0), (Gauges.ReorderDepth, Gauges.MaxReorderDepth));
    }

    [Fact]
    public void ReorderDepthIsThatOfTheMostDelayedHeapOfTheBatch()
    {
        _rig.Receive(0, [.. _rig.Feed.Heap(0, 3), .. _rig.Feed.Heap(0, 1), .. _rig.Feed.Heap(0, 2)]);
        long step = _rig.Feed.Layout.Shape.HeapTimestampStep;
        Assert.Equal((2 * step, 2 * step), (Gauges.ReorderDepth, Gauges.MaxReorderDepth));

        // Behind what came in the batch before; the most stays.
        _rig.Receive(0, 2);
        Assert.Equal((step, 2 * step), (Gauges.ReorderDepth, Gauges.MaxReorderDepth));

        _rig.Receive(0, 4);
        Assert.Equal((0, 2 * step), (Gauges.ReorderDepth, Gauges.MaxReorderDepth));
    }

    [Fact]
    public void TheWindowCountsChunksWithStorage()
    {
        Assert.Equal((0, 0), (Gauges.WindowChunks, _rig.Group.WindowChunks));
        _rig.ReceiveChunks(0, 0);
        Assert.Equal((1, 1), (Gauges.WindowChunks, _rig.Group.WindowChunks));
        // The other member is one ahead, which is what the shared window is longer for.
        _rig.ReceiveChunks(1, 0, 3);
        Assert.Equal((1, 2), (Gauges.WindowChunks, _rig.Streams[1].Gauges.WindowChunks));
        Assert.Equal(3, _rig.Group.WindowChunks);
        _rig.Finish();
        Assert.Equal((0, 0), (Gauges.WindowChunks, _rig.Group.WindowChunks));
    }

    [Theory]
    [InlineData(90, 30)]
    [InlineData(1500, 1400)]
    public void AStallIsTheTimeWithABatchInHandAndWhatAWaitLastsTooLong(int waitMilliseconds, int stallMilliseconds)
    {
        var time = new ManualTime();
        TimeSpan busy = TimeSpan.FromMilliseconds(30), wait = TimeSpan.FromMilliseconds(waitMilliseconds);
        var memory = new MemorySource(
            _rig.Feed.Chunks(0, 0, 2).Select(datagram => (ReadOnlyMemory<byte>)datagram), new() { BatchSize = 4 });
        using var source = new ScriptedSource(memory) { BeforeReceive = () => time.Advance(wait), OnRelease = () => time.Advance(busy) };
        var loop = new ReceiveLoop(source, _rig.Streams[0], TimeSpan.Zero, time);

        Assert.Equal(TimeSpan.Zero, Gauges.LongestStall);
        while (loop.Turn()) { }

        Assert.Equal(TimeSpan.FromMilliseconds(stallMilliseconds), Gauges.LongestStall);
    }

    [Fact]
    public void TheTimeBeforeTheThreadRunsIsNoStall()
    {
        var time = new ManualTime();
        using var source = new ScriptedSource(new MemorySource([])) { BeforeReceive = () => { }, OnRelease = () => { } };
        var loop = new ReceiveLoop(source, _rig.Streams[0], TimeSpan.Zero, time);
        time.Advance(TimeSpan.FromSeconds(5));
        loop.Begin();
        loop.Turn();
        Assert.Equal(TimeSpan.Zero, Gauges.LongestStall);
    }

    [Fact]
    public void MethodsCompiledByTheThreadAfterItsStartAreCounted()
    {
        var memory = new MemorySource(
            _rig.Feed.Chunks(0, 0, 2).Select(datagram => (ReadOnlyMemory<byte>)datagram), new() { BatchSize = 4 });
        using var source = new ScriptedSource(memory) { BeforeReceive = CompileSomething, OnRelease = () => { } };
        var loop = new ReceiveLoop(source, _rig.Streams[0], TimeSpan.Zero);
        CompileSomething();
        ((IDutyCycle)loop).Begin();
        Assert.Equal(0, Gauges.CompiledMethods);
        while (loop.Turn()) { }
        Assert.NotEqual(0, Gauges.CompiledMethods);
    }

    private static void CompileSomething()
    {
        var method = new DynamicMethod("Seven", typeof(int), []);
        ILGenerator code = method.GetILGenerator();
        code.Emit(OpCodes.Ldc_I4_7);
        code.Emit(OpCodes.Ret);
        Assert.Equal(7, method.CreateDelegate<Func<int>>()());
    }
}
