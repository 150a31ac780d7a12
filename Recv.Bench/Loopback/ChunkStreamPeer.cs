using Recv.Bench.Peers;
using Recv.Bench.Receiving;

namespace Recv.Bench.Loopback;

/// <summary>spead2's <c>chunk_stream</c> with its UDP reader and non-temporal copy, in our program <c>peer_udp</c>.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record ChunkStreamPeer(PeerPrograms Peer) : IContender
{
    /// <inheritdoc/>
    public string Name => "chunk_stream";

    /// <inheritdoc/>
    public IRunningReceiver Start(Link link)
    {
        string chunks = $"{link.Heap} {ReceiveProcess.ChunkHeaps} {ReceiveProcess.Chunks}";
        string socket = $"{link.Port} {(long)link.BufferMiB << 20}";
        return new TalkingReceiver(new ChildProcess(
            link.ReceiverCore, Peer.UdpProgram, $"{socket} {chunks} {link.Packet} nt {link.ReceiverCore}",
            [$"DST={link.Host}"], link.ReceiverNetwork));
    }
}
