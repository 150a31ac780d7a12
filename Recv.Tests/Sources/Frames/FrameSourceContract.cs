using System.Net;
using Recv.Sources;
using Recv.Tests.Contracts;
using Recv.Tests.Support.Links;

namespace Recv.Tests.Sources.Frames;

/// <summary>The contract of all sources, kept by one that takes frames: at one end of a virtual cable, fed from the other.</summary>
public abstract class FrameSourceContract<T> : PacketSourceContract where T : IPacketSource
{
    // Longer than any test: what ends a wait must be a datagram or a wake-up.
    protected const int LongWait = 60_000;

    /// <summary>Where it receives, as the user would write it, without a port.</summary>
    protected abstract string Text { get; }

    protected abstract T Make(SourceAddress[] addresses);

    protected abstract IReadOnlyList<IPEndPoint> LocalsOf(T source);

    protected override SourceFixture Open(byte[][] datagrams) => FrameFixture.Open(Text, Make, LocalsOf);
}
