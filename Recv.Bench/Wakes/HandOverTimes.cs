namespace Recv.Bench.Wakes;

/// <summary>What handing over took, in microseconds.</summary>
/// <param name="Median">Chunk full to consumer that has it.</param>
/// <param name="Percentile99">The same, of the slowest hundredth.</param>
/// <param name="WriterMedian">For the thread that hands over.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record HandOverTimes(double Median, double Percentile99, double WriterMedian);
