namespace Recv.Sinks.Verify;

/// <summary>What a <see cref="VerifySink"/> has found.</summary>
/// <param name="Chunks">Chunks looked at.</param>
/// <param name="Verified">Heaps that are right in every sample (packets, in packet presence mode).</param>
/// <param name="Wrong">Heaps with a wrong sample or a wrong extra.</param>
/// <param name="Missing">Heaps that are absent.</param>
/// <param name="FirstMismatch">The first wrong thing in one line, or null.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct VerifyCounts(long Chunks, long Verified, long Wrong, long Missing, string? FirstMismatch);
