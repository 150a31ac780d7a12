namespace Recv.Bench.Waiting;

/// <summary>What one run of one policy took.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="Microseconds">From sending to having it, of each datagram that came, in rising order.</param>
/// <param name="CpuShare">Share of its core that the receive thread used while the feed lasted.</param>
/// <param name="Lost">Datagrams that did not come.</param>
internal sealed record WaitTimes(double[] Microseconds, double CpuShare, int Lost)
{
    /// <summary>Half of the datagrams took no longer.</summary>
    public double Median => At(0.5);

    /// <summary>One of a hundred took longer.</summary>
    public double Percentile99 => At(0.99);

    /// <summary>The longest.</summary>
    public double Worst => At(1);

    private double At(double share) => Microseconds[(int)Math.Min(share * Microseconds.Length, Microseconds.Length - 1)];
}
