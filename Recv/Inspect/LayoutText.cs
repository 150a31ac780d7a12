using System.Globalization;
using System.Text;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>A guess as the text of a layout, with comments that say what was seen and what cannot be known.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal sealed class LayoutText(LayoutGuess guess, LayoutDoubts doubts, ReceiveAdvice advice, TrafficInspector seen, string source)
{
    // Items that tell data from other heaps; more of them tell no more.
    private const int MostItems = 16;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<long, string> _names = [];

    /// <summary>Writes it.</summary>
    /// <param name="name">Name of the layout.</param>
    public string Write(string name)
    {
        HeapKind kind = guess.Kind;
        TimeGrid time = guess.Time;
        _text.Append(Invariant($"name: {name}\n"));
        Line($"description: Inferred by recv inspect from {seen.Datagrams} datagrams");
        Line($"# Of {source.ReplaceLineEndings(" ")}: {kind.Count} heaps like this, "
            + $"{guess.Batches} times, {guess.BatchHeaps} heaps at each.");
        Line("# What a sender does later or elsewhere cannot be known, and neither can:");
        Line($"# - how long a chunk should be: chunk_batches is a choice, {Setting.Set.Option} chunk_batches=N another;");
        Line("# - the order of the axes in memory: time is slowest here, move its line to where your reader wants it;");
        Line("# - whether an item that never changed tells streams apart (a polarisation, say), or changes with the next observation.");
        foreach (string doubt in doubts.All) Line("# - DOUBT: " + doubt);
        if (time.Id == ItemIds.HeapCnt) Line("# - No item runs with time; the heap cnt takes its place, so this fits one sender only.");
        Line($"# Receive it with: recv run {Setting.Layout.Option} {name}.yaml{advice.Options} {Setting.Src.Option} …");
        foreach (string reason in advice.Reasons) Line("# " + reason);
        Line("parameters:");
        Line($"  chunk_batches: {guess.ChunkBatches}   # steps of time in a chunk of "
            + $"{guess.ChunkBatches * guess.BatchHeaps * kind.Length} bytes");
        Line("items:   # all that every heap of data had; others are metadata_heaps");
        foreach (int column in Columns()) Item(column);
        if (kind.IsPacket) Line("packet_heaps: true   # packets have no heap length or payload offset: each is a heap by itself");
        Line($"heap_bytes: {kind.Length}   # other lengths are metadata_heaps: descriptors, stop heaps");
        string mask = time.IsRounded ? ", mask: true" : "";
        string why = time.Masked ? "   # the low bits carry something else"
            : time.Offset == 0 ? "" : $"   # times are {time.Offset} behind the multiples of the step, and rounded down to them";
        Line($"timestamp: {{item: {Name(time.Id)}, bits: {kind.AddressBits}, step: {time.Step}{mask}}}{why}");
        Line("axes:   # memory order, slowest first");
        Line("  - {name: time, size: chunk_batches}");
        foreach (IndexGuess index in guess.Indexes)
            Line($"  - {{name: {Name(index.Id)}_axis, size: {index.Size}, index: {Fill(index.Expression, index)}}}   # {index.Why}");
        IndexGuess[] checks = [.. guess.Indexes.Where(index => index.Check is not null)];
        if (checks.Length > 0) Line("checks:");
        foreach (IndexGuess index in checks) Line(
            $"  - {{statistic: bad_{Name(index.Id)}_heaps, unless: \"{Fill(index.Check!, index)}\"}}");
        Samples();
        return _text.ToString();
    }

    private IEnumerable<int> Columns()
    {
        int[] needed = [guess.Time.Column, .. guess.Indexes.Select(index => index.Column)];
        return needed.Concat(Enumerable.Range(1, guess.Kind.Immediate.Length - 1).Except(needed)).Where(column =>
            guess.Kind.Immediate[column] != ItemIds.StreamControl).Take(MostItems);
    }

    private void Item(int column)
    {
        var values = new ValueSeries();
        foreach (long[] sample in guess.Kind.Samples) values.Add(sample[column]);
        long id = guess.Kind.Immediate[column];
        Line($"  {Name(id)}: {{id: 0x{id:x}, required: true}}   # {values}");
    }

    private void Samples()
    {
        foreach (long id in guess.Kind.Addressed)
        {
            if (!seen.Descriptors.TryGetValue(id, out (Descriptor Descriptor, bool BugCompat) told)) continue;
            if (SampleGuess.Of(told.Descriptor) is not { } samples) continue;
            Line($"samples: {samples}   # as the sender describes {Name(id)}");
            return;
        }
        Line("# What a sample is nobody said. When you know it: samples: {dtype: int8, complex: true, big_endian: true}");
        double bits = guess.Kind.Length * 8.0 / guess.Time.Step;
        if (guess.Time.Id != ItemIds.HeapCnt && bits is >= 1 and <= 64 && bits == Math.Floor(bits))
            Line($"# {guess.Kind.Length} bytes for {guess.Time.Step} steps of the clock are {bits:F0} bits for each, "
                + "if the heap holds raw samples.");
    }

    private string Fill(string expression, IndexGuess index) => expression.Replace("{0}", Name(index.Id), StringComparison.Ordinal);

    private string Name(long id)
    {
        if (_names.TryGetValue(id, out string? known)) return known;
        string? told = seen.Descriptors.TryGetValue(id, out (Descriptor Descriptor, bool BugCompat) descriptor)
            ? descriptor.Descriptor.Name : KnownItems.NameOf(id);
        string name = new([.. (told ?? "").ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);
        bool isFree = name.Length > 0 && char.IsAsciiLetter(name[0]) && name is not ("true" or "false" or "chunk_batches")
            && !_names.ContainsValue(name);
        return _names[id] = isFree ? name : Invariant($"item_{id:x}");
    }

    private void Line(string text) => _text.Append(text).Append('\n');

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
