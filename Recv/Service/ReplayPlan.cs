using Recv.Layouts;
using Recv.Sources;
using Recv.Streams;

namespace Recv.Service;

/// <summary>How a capture is received.</summary>
/// <param name="Destinations">Of each stream; null for all UDP datagrams.</param>
/// <param name="Layouts">Of each stream.</param>
/// <param name="Stream">Settings of all streams.</param>
/// <param name="ListsHeaps">Whether the report is to list the heaps: of captures of <c>spead2_send</c>.</param>
/// <param name="PatternBytes">Bytes of each heap that hold the pattern of <c>spead2_send --verify</c>; 0: none do.</param>
public sealed record ReplayPlan(
    IReadOnlyList<EndpointRange?> Destinations, IReadOnlyList<LayoutChoice> Layouts, StreamOptions Stream,
    bool ListsHeaps = false, long PatternBytes = 0);
