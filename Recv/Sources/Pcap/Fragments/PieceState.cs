namespace Recv.Sources.Pcap.Fragments;

/// <summary>What has become of a datagram by a piece of it.</summary>
internal enum PieceState
{
    /// <summary>Other pieces are missing.</summary>
    Waits,

    /// <summary>It is whole.</summary>
    Whole,

    /// <summary>A repeat, of a datagram that has been whole.</summary>
    Repeated,

    /// <summary>A piece of another datagram under the same number.</summary>
    Foreign,
}
