using System.Globalization;
using Recv.Bench.Report;

namespace Recv.Bench.Soak;

/// <summary>What the process used, second by second.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class SoakSamples
{
    private const double MiB = 1 << 20;

    private readonly List<double> _resident = [];
    private readonly List<double> _managed = [];

    /// <summary>Resident memory in MiB.</summary>
    public Series Resident => new(_resident);

    /// <summary>The garbage collector's heap in MiB.</summary>
    public Series Managed => new(_managed);

    /// <summary>Resident memory of the last fifth above that of the second fifth, medians, in MiB.</summary>
    /// <remarks>The first fifth is for pools that fill, code that compiles and the collector that finds its size.</remarks>
    public double Growth => Fifth(4).Median - Fifth(1).Median;

    /// <summary>Takes a sample.</summary>
    public void Take()
    {
        // Pages, the second number of statm.
        string[] pages = File.ReadAllText("/proc/self/statm").Split(' ');
        _resident.Add(long.Parse(pages[1], CultureInfo.InvariantCulture) * (double)Environment.SystemPageSize / MiB);
        _managed.Add(GC.GetTotalMemory(forceFullCollection: false) / MiB);
    }

    private Series Fifth(int number)
    {
        int length = Math.Max(1, _resident.Count / 5);
        return new Series(_resident.GetRange(Math.Min(number * length, _resident.Count - length), length));
    }
}
