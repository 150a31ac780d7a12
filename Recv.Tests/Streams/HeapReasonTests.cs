using Recv.Chunks;
using Recv.Tests.Support.Runs;

namespace Recv.Tests.Streams;

/// <summary>Beside the mask of a chunk stands why an entry is absent.</summary>
public sealed class HeapReasonTests : IDisposable
{
    // Heap index: step of time × 2 members.
    private readonly GroupRig _rig = new(members: 2);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void PresentNeverCameAndIncompleteAreTold()
    {
        _rig.Receive(0, 0);
        _rig.Receive(1, [_rig.Feed.Heap(1, 1)[0]]);
        Assert.Equal([HeapReason.Present, HeapReason.NeverCame, HeapReason.NeverCame, HeapReason.Incomplete], ReasonsOfTheFirstChunk());
    }

    [Fact]
    public void AHeapThatComesWhenItsStreamHasLeftTheChunkAndAnotherHasNotIsTooOld()
    {
        _rig.Receive(0, 0);
        _rig.ReceiveChunks(0, 1, 2);
        Assert.Empty(_rig.Rings.DeliveredIds);
        _rig.Receive(0, 1);
        Assert.Equal([HeapReason.Present, HeapReason.NeverCame, HeapReason.TooOld, HeapReason.NeverCame], ReasonsOfTheFirstChunk());
    }

    [Fact]
    public void AHeapThatCompletesTooLateIsTooOldToo()
    {
        byte[][] late = _rig.Feed.Heap(0, 1);
        _rig.Receive(1, 0);
        _rig.Receive(0, [late[0]]);
        _rig.ReceiveChunks(0, 1, 1);
        _rig.Receive(0, 4);
        _rig.Receive(0, [late[1]]);
        Assert.Equal([HeapReason.NeverCame, HeapReason.Present, HeapReason.TooOld, HeapReason.NeverCame], ReasonsOfTheFirstChunk());
    }

    [Fact]
    public void ARepeatOfAHeapThatIsThereChangesNothing()
    {
        _rig.ReceiveChunks(0, 0, 3);
        _rig.Receive(0, 0);
        Assert.Equal([HeapReason.Present, HeapReason.NeverCame, HeapReason.Present, HeapReason.NeverCame], ReasonsOfTheFirstChunk());
    }

    [Fact]
    public void NothingIsWrittenIntoAChunkThatWasDelivered()
    {
        _rig.Receive(0, 0);
        _rig.ReceiveChunks(0, 1, 3);
        // The group had to move on without member 1: chunk 0 is with the sink now.
        Assert.Equal([0], _rig.Rings.DeliveredIds);
        _rig.Receive(0, 1);
        _rig.Receive(1, 1);
        Assert.Equal([HeapReason.Present, HeapReason.NeverCame, HeapReason.NeverCame, HeapReason.NeverCame], ReasonsOfTheFirstChunk());
    }

    private IEnumerable<HeapReason> ReasonsOfTheFirstChunk()
    {
        _rig.Finish();
        _rig.AssertSound();
        return _rig.Rings.Delivered[0].Reasons.Select(reason => (HeapReason)reason);
    }
}
