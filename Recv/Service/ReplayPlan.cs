using Recv.Layouts;
using Recv.Sources;
using Recv.Streams;

namespace Recv.Service;

/// <summary>How a capture is received.</summary>
/// <param name="Destinations">Of each stream; null for all UDP datagrams.</param>
/// <param name="Layouts">Of each stream.</param>
/// <param name="Stream">Settings of all streams.</param>
public sealed record ReplayPlan(
    IReadOnlyList<EndpointRange?> Destinations, IReadOnlyList<LayoutChoice> Layouts, StreamOptions Stream);
