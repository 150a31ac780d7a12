using System.Globalization;
using Recv.Bench.Report;

namespace Recv.Bench.Guard;

/// <summary>Two ways to spend time that must keep a ratio, measured in turn.</summary>
/// <param name="Name">What is compared with what.</param>
/// <param name="Bound">The median of the ratios must not be above.</param>
/// <param name="First">Measures the numerator.</param>
/// <param name="Second">Measures the denominator.</param>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed record BoundedRatio(string Name, double Bound, Func<double> First, Func<double> Second)
{
    /// <summary>Measures pairs; who begins alternates, so that a machine that gets faster or slower favours nobody.</summary>
    public Verdict Measure(int pairs)
    {
        var ratios = new List<double>();
        for (int pair = 0; pair < pairs; pair++)
        {
            if (pair % 2 == 0)
            {
                double first = First();
                ratios.Add(first / Second());
            }
            else
            {
                double second = Second();
                ratios.Add(First() / second);
            }
        }
        return new Verdict(this, new Series(ratios));
    }

    /// <summary>What the pairs say.</summary>
    internal sealed record Verdict(BoundedRatio Of, Series Ratios)
    {
        /// <summary>Below this the true median is with a probability of 2 % at most.</summary>
        public double Least => LowerLimit(Ratios.Values);

        /// <summary>Whether even the least that the median can be is too much. Noise alone does not do that.</summary>
        public bool IsBroken => Least > Of.Bound;

        /// <summary>The row of the result.</summary>
        public Comparison Row => new(Of.Name, "ratio", Ratios)
        {
            Number = "F2",
            Notes = new Dictionary<string, string>
            {
                ["bound"] = Of.Bound.ToString("F2", CultureInfo.InvariantCulture),
                ["surely above"] = Least.ToString("F2", CultureInfo.InvariantCulture),
                ["verdict"] = IsBroken ? "BROKEN" : Ratios.Median <= Of.Bound ? "kept" : "not proven broken",
            },
        };
    }

    /// <summary>
    /// The order statistic below which the median of what was sampled is with a probability of 2 % at most (binomial: each sample
    /// is below the median with probability one half). Of fewer than six samples none is.
    /// </summary>
    public static double LowerLimit(IReadOnlyList<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        // Probability that fewer than k samples are below the median, for k = 1, 2, ...
        double tail = Math.Pow(0.5, sorted.Length), term = tail;
        int k = 0;
        for (; k < sorted.Length && tail <= 0.02; k++)
        {
            term *= (double)(sorted.Length - k) / (k + 1);
            tail += term;
        }
        return k == 0 ? double.NegativeInfinity : sorted[k - 1];
    }
}
