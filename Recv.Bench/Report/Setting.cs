namespace Recv.Bench.Report;

/// <summary>Something to know about how a result was taken.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Setting(string Name, string Value);
