using System.Globalization;
using Recv.Streams.Time;

namespace Recv.Inspect;

/// <summary>Why a layout that was inferred may lose or overwrite heaps of the traffic that it was inferred from.</summary>
/// <param name="guess">The layout.</param>
/// <param name="seen">The traffic.</param>
/// <remarks><b>Threading:</b> pure.</remarks>
internal sealed class LayoutDoubts(LayoutGuess guess, TrafficInspector seen)
{
    // A sender with mistakes in a tenth of its heaps is rather one that we have not understood.
    private const double Most = 0.9;

    /// <summary>Whole heaps with items of the data, of whatever length.</summary>
    public long DataHeaps => seen.Unsorted + seen.Kinds.Values
        .Where(kind => !kind.IsStop && kind.Addressed.Intersect(guess.Kind.Addressed).Any()).Sum(kind => kind.Count);

    /// <summary>A sentence each.</summary>
    public IEnumerable<string> All
    {
        get
        {
            if (guess.Kind.Count < Most * DataHeaps) yield return string.Create(CultureInfo.InvariantCulture,
                $"only {guess.Kind.Count} of {DataHeaps} heaps of data ({100.0 * guess.Kind.Count / DataHeaps:F0} %) are of the length "
                    + $"and items "
                + $"of this layout; the others are rejected. Where they lack an item, default: instead of required: true may take them.");
            if (!guess.Time.IsCertain)
                yield return "the step of the timestamp is a guess, it was not seen often enough or the clock does not keep it; look at "
                    + "more traffic.";
            if (guess.Time.Wraps is [{ Sample: < TimeVote.AgreeingHeaps }, ..])
                yield return $"the timestamp began again at 0 among the first {TimeVote.AgreeingHeaps} heaps, "
                    + "when a receiver is not yet sure of the time: it loses some of them.";
            if (guess.Shared > 0) yield return $"{guess.Shared} of {guess.Kind.Samples.Count} heaps have the place of another and "
                + $"overwrite it; "
                + (guess.Shared == guess.SentTwice ? "they were sent twice."
                    : "no item tells them apart by numbers that fit an axis, or two times fall into one step.");
        }
    }
}
