namespace Recv.Bench.Report;

/// <summary>Something to know about how a result was taken.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record RunSetting(string Name, string Value);
