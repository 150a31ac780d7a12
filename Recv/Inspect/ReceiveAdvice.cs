using System.Globalization;
using Recv.Streams;

namespace Recv.Inspect;

/// <summary>The settings of a stream that what was seen needs, with room for what was not.</summary>
/// <param name="AtOnce">Heaps that were under construction at one time.</param>
/// <param name="Substreams">Sources that number their heaps so that <c>heap cnt mod N</c> tells them apart; 1 when they do not.</param>
/// <param name="PerSubstream">Heaps of one of them that were under construction at one time.</param>
/// <param name="Lag">Steps of time that the latest heap was behind the newest.</param>
/// <param name="MaxChunks">Chunks of the window that this takes.</param>
/// <param name="Shuffled">Heaps whose packets came in another order.</param>
/// <param name="Wraps">How often the bits of the clock were full.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record ReceiveAdvice(int AtOnce, int Substreams, int PerSubstream, long Lag, int MaxChunks, long Shuffled, int Wraps)
{
    // A network that delays more than was seen is the rule; slots are cheap.
    private const int Margin = 2;

    // Heaps further behind are not late: a clock jumped, and no window is long enough for that.
    private const int MostChunks = 64;

    private static readonly StreamOptions Default = new();

    /// <summary>Slots of each substream.</summary>
    public int MaxHeaps => Math.Max(Default.MaxHeaps, PerSubstream > 1 ? Margin * PerSubstream : 0);

    /// <summary>What has to be said on the command line; nothing where the defaults do.</summary>
    public string Options => string.Concat(
        Option(Setting.Substreams, Substreams, Default.Substreams),
        Option(Setting.MaxHeaps, MaxHeaps, Default.MaxHeaps),
        Option(Setting.MaxChunks, MaxChunks, Default.MaxChunks),
        Shuffled > 0 ? " " + Setting.AllowOutOfOrder.Option : "",
        // The default of run, but not of replay, where a time before the last one is one that is too old.
        Wraps > 0 ? $" {Setting.Time.Option} resync" : "");

    /// <summary>Why, a line each, for the comments of a layout.</summary>
    public IEnumerable<string> Reasons
    {
        get
        {
            yield return AtOnce <= 1 ? "Heaps came one after another." : $"At most {AtOnce} heaps were under construction at one time"
                + (Substreams == 1 ? "." : $", {PerSubstream} in each substream (heap cnt mod {Substreams} tells the senders apart).");
            if (Lag > 0) yield return $"A heap came up to {(Lag == 1 ? "a step" : $"{Lag} steps")} of time behind the newest.";
            if (Shuffled > 0) yield return $"The packets of {Shuffled} heaps came out of order; {Setting.AllowOutOfOrder.Option} takes "
                + $"them.";
            if (Wraps > 0) yield return $"The timestamp wrapped: its bits were full and it restarted at 0; {Setting.Time.Option} resync "
                + $"follows it.";
            if (AtOnce > 1)
                yield return "Heaps that overlap more than this are evicted before they are complete; incomplete_evicted counts them.";
        }
    }

    /// <summary>The advice for a layout with chunks of <paramref name="chunkBatches"/> steps of time.</summary>
    public static ReceiveAdvice Of(LayoutGuess guess, Interleaving seen, long chunkBatches)
    {
        // Heaps that do not overlap need not be kept apart.
        int substreams = seen.AtOnce > 1 ? SubstreamsOf(guess) : 1;
        long lag = LagOf(guess);
        // The newest heap may have been under construction, its time unseen, when a late one ended.
        long chunks = (lag + (seen.AtOnce > 1 ? chunkBatches : chunkBatches - 1)) / chunkBatches + 1;
        bool isLate = chunks <= MostChunks;
        return new ReceiveAdvice(seen.AtOnce, substreams, seen.PerSubstream(substreams), isLate ? lag : 0,
            isLate ? (int)Math.Max(Default.MaxChunks, chunks) : Default.MaxChunks, seen.Shuffled, guess.Time.Wraps.Count);
    }

    /// <summary>Senders that share a stream number their heaps by steps of their number, so that a receiver can keep them apart.</summary>
    private static int SubstreamsOf(LayoutGuess guess)
    {
        int[][] columns = [.. guess.Indexes.Select(index => new[] { index.Column })];
        if (guess.Indexes.Count > 1) columns = [.. columns, [.. guess.Indexes.Select(index => index.Column)]];
        return columns.Select(place => Modulus(guess.Kind.Samples, place)).DefaultIfEmpty(1).Max();
    }

    /// <summary>The number of different values there, when each of them has a remainder of the heap cnt of its own, else 1.</summary>
    private static int Modulus(List<long[]> heaps, int[] columns)
    {
        string Value(long[] heap) => string.Join(',', columns.Select(column => heap[column]));
        int count = heaps.Select(Value).Distinct().Count();
        return count > 1 && count * 2 <= heaps.Count
            && heaps.Select(heap => ((ulong)heap[0] % (uint)count, Value(heap))).Distinct().Count() == count ? count : 1;
    }

    /// <summary>How far behind the newest time a heap was when it was complete.</summary>
    private static long LagOf(LayoutGuess guess)
    {
        long newest = long.MinValue, lag = 0;
        foreach (long[] heap in guess.Kind.Samples)
        {
            long time = guess.Time.StepOf(TimeGrid.At(heap));
            newest = Math.Max(newest, time);
            lag = Math.Max(lag, newest - time);
        }
        return lag;
    }

    private static string Option(Setting setting, int value, int otherwise) =>
        value == otherwise ? "" : string.Create(CultureInfo.InvariantCulture, $" {setting.Option} {value}");
}
