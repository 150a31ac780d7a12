namespace Recv.Bench.Loopback;

/// <summary>
/// Looks for the highest rate without loss by runs that sometimes tell the wrong thing: on a shared machine a run below it may lose
/// a packet, and one above it may be lucky.
/// </summary>
/// <remarks>
/// <para>Probabilistic bisection: every rate of a geometric grid has a probability of being the highest; a run multiplies those
/// that it speaks for by 1 - <see cref="WrongRuns"/> and the others by <see cref="WrongRuns"/>; the next run is made where it tells
/// most.</para>
/// <para><b>Threading:</b> one thread.</para>
/// </remarks>
internal sealed class RateSearch
{
    /// <summary>Share of runs that are taken to tell the wrong thing.</summary>
    public const double WrongRuns = 0.1;

    /// <summary>Probability with which the highest rate is from <see cref="Low"/> to <see cref="High"/>.</summary>
    public const double Confidence = 0.9;

    private readonly double[] _rates;
    private readonly double[] _probabilities;

    /// <summary>Nothing is known but the bounds.</summary>
    /// <param name="lowest">Gb/s at which nothing is lost for sure.</param>
    /// <param name="highest">Gb/s that the sender can give.</param>
    /// <param name="steps">Rates between them.</param>
    public RateSearch(double lowest, double highest, int steps = 25)
    {
        double factor = Math.Pow(highest / lowest, 1.0 / (steps - 1));
        _rates = [.. Enumerable.Range(0, steps).Select(step => lowest * Math.Pow(factor, step))];
        _probabilities = [.. Enumerable.Repeat(1.0 / steps, steps)];
    }

    /// <summary>Best guess, in Gb/s: the highest rate is as probably above it as below.</summary>
    public double Rate => Quantile(0.5);

    /// <summary>Where a run tells most: it is as probable that the highest rate is at least this as that it is not.</summary>
    public double Next
    {
        get
        {
            double tail = 1, nearest = double.MaxValue, next = _rates[^1];
            for (int i = 1; i < _rates.Length; i++)
            {
                tail -= _probabilities[i - 1];
                if (Math.Abs(tail - 0.5) >= nearest) continue;
                (nearest, next) = (Math.Abs(tail - 0.5), _rates[i]);
            }
            return next;
        }
    }

    /// <summary>Lower end of the interval.</summary>
    public double Low => Quantile((1 - Confidence) / 2);

    /// <summary>Upper end of the interval.</summary>
    public double High => Quantile((1 + Confidence) / 2);

    /// <summary>Whether the interval is no wider than two steps.</summary>
    public bool IsSettled => High <= Low * Math.Pow(_rates[1] / _rates[0], 2.01);

    /// <summary>A run has been made.</summary>
    /// <param name="rate">Gb/s that were really sent.</param>
    /// <param name="lossless">Whether everything arrived.</param>
    public void Observe(double rate, bool lossless)
    {
        double sum = 0;
        for (int i = 0; i < _rates.Length; i++)
        {
            // The sender's rate differs a little from what was asked of it.
            bool carries = _rates[i] * 1.001 >= rate;
            _probabilities[i] *= carries == lossless ? 1 - WrongRuns : WrongRuns;
            sum += _probabilities[i];
        }
        for (int i = 0; i < _rates.Length; i++) _probabilities[i] /= sum;
    }

    private double Quantile(double share)
    {
        double sum = 0;
        for (int i = 0; i < _rates.Length; i++)
        {
            sum += _probabilities[i];
            if (sum >= share) return _rates[i];
        }
        return _rates[^1];
    }
}
