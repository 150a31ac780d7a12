namespace Recv.Sinks.Gpu.Stages;

/// <summary>What the samples of one polarisation in the last chunk were like. Each part of a complex sample counts.</summary>
/// <param name="Samples">Samples of present heaps.</param>
/// <param name="MeanPower">Mean of their squares.</param>
/// <param name="Clipped">At the largest value or beyond, in either direction.</param>
/// <param name="Limit">The largest value.</param>
/// <param name="TotalClipped">Clipped samples of all chunks so far.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct PolarisationStatistics(long Samples, double MeanPower, long Clipped, float Limit, long TotalClipped)
{
    /// <summary>Power in decibels, a sine of full scale being 0.</summary>
    public double PowerDbfs => 10 * Math.Log10(2 * MeanPower / ((double)Limit * Limit));
}
