using Recv.Layouts;
using Recv.Ledger;
using Recv.Streams;

namespace Recv.Tests.Support.Layouts;

/// <summary>A layout that says where the receive thread is: before it places a heap, and in the middle of a packet.</summary>
internal readonly struct WatchedLayout(IHeapLayout inner, Action<string> pass) : IHeapLayout, IWriteWatcher
{
    /// <summary>The layout is about to be asked for the place of a heap.</summary>
    public const string Placing = "placing a heap";

    /// <summary>The chunk was found in the window, the first byte is not yet written.</summary>
    public const string MidPacket = "in the middle of a packet";

    public LayoutShape Shape => inner.Shape;

    public Outcome Place(long heapLength, ReadOnlySpan<long> items, out Placement placement)
    {
        pass(Placing);
        return inner.Place(heapLength, items, out placement);
    }

    public void Writing(long chunkId) => pass(MidPacket);
}
