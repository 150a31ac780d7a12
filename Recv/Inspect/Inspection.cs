using System.Globalization;
using System.Text.Json.Nodes;
using Recv.Sources;
using Recv.Spead;

namespace Recv.Inspect;

/// <summary>What a <see cref="TrafficInspector"/> found, as JSON, as a page to read, and as a layout.</summary>
/// <remarks><b>Threading:</b> one thread, after <see cref="TrafficInspector.Finish"/>.</remarks>
public sealed class Inspection
{
    private readonly TrafficInspector _seen;
    private readonly string _source;
    private readonly SourceStatus _status;
    private readonly LayoutGuess? _guess;
    private readonly LayoutDoubts? _doubts;
    private readonly ReceiveAdvice? _advice;

    /// <summary>Draws the conclusions.</summary>
    /// <param name="seen">The inspector, which has finished.</param>
    /// <param name="source">What was looked at, for the reader.</param>
    /// <param name="status">What the source knows of losses and of frames not addressed to this stream.</param>
    public Inspection(TrafficInspector seen, string source, SourceStatus status)
    {
        (_seen, _source, _status) = (seen, source, status);
        _guess = LayoutGuess.Of(seen);
        if (_guess is not null)
        {
            NoteMistakes(_guess);
            _doubts = new LayoutDoubts(_guess, seen);
            _advice = ReceiveAdvice.Of(_guess, seen.Assembler.Interleaving, _guess.ChunkBatches);
        }
        seen.Note("fragments", status.Gauges?.GetValueOrDefault("fragments") ?? 0);
    }

    /// <summary>
    /// Heaps that the times seen promise and that did not come; null when there is no time to go by. In long traffic only its
    /// beginning is looked at, see <see cref="MissingIsOfTheBeginning"/>.
    /// </summary>
    public long? MissingHeaps => _guess is null || !_guess.Time.IsCertain ? null : Missing(_guess);

    /// <summary>Whether more heaps came than <see cref="MissingHeaps"/> looked at.</summary>
    public bool MissingIsOfTheBeginning => _guess is not null && _guess.Kind.Count > _guess.Kind.Samples.Count;

    /// <summary>Mistakes by name, each with how often it was made.</summary>
    public IReadOnlyDictionary<string, long> Mistakes => _seen.Mistakes;

    /// <summary>Options of <c>recv run</c> and <c>recv replay</c> that the layout needs to receive what was seen, each with a space
    /// before it; empty where the defaults do.</summary>
    public string StreamOptions => _advice?.Options ?? "";

    /// <summary>Why the layout may lose or overwrite heaps of what was seen, a sentence each.</summary>
    public IEnumerable<string> Doubts => _doubts?.All ?? [];

    /// <summary>A layout for what was seen, to be used with <see cref="StreamOptions"/>; <see cref="Doubts"/> says where it
    /// fails.</summary>
    /// <exception cref="RecvException">No heap was complete (exit code 1).</exception>
    public string ToLayout(string name) => _guess is null
        ? throw RecvException.OfSetting(
            $"{_source}: no whole SPEAD heap was seen, so nothing to infer a layout from; look longer ({Setting.Seconds}) or elsewhere",
                RecvException.Loss)
        : new LayoutText(_guess, _doubts!, _advice!, _seen, _source).Write(name);

    /// <summary>Everything.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["source"] = _source,
            ["datagrams"] = _seen.Datagrams,
            ["bytes"] = _seen.Bytes,
            ["seconds"] = Seconds,
            ["packets"] = _seen.Packets,
            ["headers_only"] = _seen.HeadersOnly,
            ["clock_steps"] = _seen.Clock.StepCount,
            ["packet_heaps"] = _seen.PacketHeaps,
            ["flavours"] = Counts(_seen.Flavours.Select(flavour => ($"64-{flavour.Key}", flavour.Value))),
            ["datagram_bytes"] = Counts(_seen.DatagramSizes.Select(size => (Text(size.Key), size.Value))),
            ["heap_bytes"] = Counts(_seen.HeapLengths.Select(length => (Text(length.Key), length.Value))),
            ["heaps"] = new JsonObject
            {
                ["complete"] = _seen.Complete,
                ["incomplete"] = _seen.Heaps - _seen.Complete,
                ["missing"] = MissingHeaps,
                ["missing_bytes"] = _seen.MissingBytes,
                ["stop"] = _seen.StopHeaps,
                ["at_once"] = _seen.Assembler.Interleaving.AtOnce,
            },
            ["kernel_dropped"] = _status.DroppedBefore,
            ["other_queue"] = _status.OtherQueues,
            ["skipped"] = Counts(_status.NotOurs.Select(reason => (reason.Key, reason.Value))),
            ["decapsulated"] = Counts(Decapsulated.Select(kind => (kind.Key, kind.Value))),
            ["senders"] = new JsonArray([.. Senders.Select(sender => (JsonNode)Sender(sender.Key, sender.Value))]),
            ["items"] = new JsonArray([.. _seen.Items.Values.Select(item => (JsonNode)Item(item))]),
            ["descriptors"] = new JsonArray([.. _seen.Descriptors.Values.Select(told =>
                (JsonNode)DescriptorJson.Of(told.Descriptor, told.BugCompat))]),
            ["mistakes"] = Counts(_seen.Mistakes.Select(mistake => (mistake.Key, mistake.Value))),
        };
        if (_guess is not null) json["timestamp"] = Timestamp(_guess);
        return json;
    }

    /// <summary>A page for people.</summary>
    public IEnumerable<string> ToPage()
    {
        yield return $"{_source}: {N(_seen.Datagrams)} datagrams, {N(_seen.Bytes)} bytes, "
            + $"{Seconds:F3} s{(Seconds > 0 ? $", {_seen.Bytes * 8e-9 / Seconds:F3} Gb/s" : "")}";
        foreach (string step in _seen.Clock.Steps) yield return $"clock      {step}";
        if (_seen.HeadersOnly > 0)
            yield return $"recorded   headers only: of {N(_seen.HeadersOnly)} datagrams the data are not in the capture; "
                + "what follows is by their headers";
        yield return $"SPEAD      {Joined(_seen.Flavours.Select(flavour => $"64-{flavour.Key}: {N(flavour.Value)} packets"))}";
        if (_seen.ArePacketsHeaps)
            yield return "form       packets without heap length or payload offset: each is a heap by itself, which layouts with "
                + "packet_heaps: true take";
        yield return $"datagrams  {Joined(Top(_seen.DatagramSizes))}";
        yield return $"heaps      {N(_seen.Complete)} complete, {N(_seen.Heaps - _seen.Complete)} incomplete "
            + $"({N(_seen.MissingBytes)} bytes missing), "
            + (MissingHeaps is { } missing
                ? $"{N(missing)} missing by timestamp{(MissingIsOfTheBeginning ? " at the beginning" : "")}" : "missing ones unknown")
                + $", {N(_seen.StopHeaps)} stop heaps";
        if (_advice is { AtOnce: > 1 } advice)
            yield return $"overlap    {advice.AtOnce} heaps under construction at one "
                + $"time{(advice.Options.Length > 0 ? $"; receive with{advice.Options}" : "")}";
        yield return $"heap size  {Joined(Top(_seen.HeapLengths))}";
        if (_guess is { } guess)
            yield return $"time       {Named(guess.Time.Id)}, step {guess.Time.Step}"
                + $"{(guess.Time.Masked ? " under low bits that carry something else" : "")}"
                + (guess.Time.Offset == 0 ? "" : $" {guess.Time.Offset} behind its multiples")
                + $"{(guess.Time.IsCertain ? "" : " (doubtful)")}, {guess.Batches} times, {guess.BatchHeaps} heaps at each"
                + (guess.Shared == 0 ? "" : $", {N(guess.Shared)} heaps at the place of another");
        foreach (string line in Remarks) yield return line;
        if (_status.DroppedBefore is var dropped and > 0)
            yield return $"dropped    {N(dropped)} before we saw them"
                + (_status.OtherQueues == 0 ? ""
                : $", {N(_status.OtherQueues)} of them on queues that no source reads: name all, xdp:IFACE/0-N");
        foreach ((string reason, long frames) in _status.NotOurs)
            yield return $"skipped    {reason}: {N(frames)} frames{(reason == "other_destination" ? _status.OtherPorts : "")}";
        foreach ((string kind, long frames) in Decapsulated)
            yield return $"inside     {kind}: {N(frames)} frames, decapsulated";
        foreach ((DatagramOrigin origin, SeenSender sender) in Senders)
            yield return $"sender     {Address(origin)}: {N(sender.Packets)} packets, "
                + $"{N(sender.Heaps)} heaps, {N(sender.Incomplete)} incomplete";
        foreach (SeenItem item in _seen.Items.Values)
            yield return $"item       {Named(item.Id)}: {Joined(Parts(item))}, in {N(item.Heaps)} heaps";
        foreach ((Descriptor descriptor,
            bool bugCompat) in _seen.Descriptors.Values) yield return $"descriptor {Described(descriptor, bugCompat)}";
        foreach ((string mistake,
            long times) in _seen.Mistakes) yield return $"mistake    {mistake}: {N(times)}{MistakeNames.Meaning(mistake)}";
        if (_seen.Mistakes.Count == 0) yield return "mistakes   none";
    }

    // What is no mistake, and has to be known all the same.
    private IEnumerable<string> Remarks
    {
        get
        {
            if (_guess is null) yield break;
            if (_guess.BatchHeaps - _guess.FilledPlaces is var empty and > 0)
                yield return $"places     {N(empty)} of {N(_guess.BatchHeaps)} at each time no heap ever had: "
                    + "none is missing there by this page, all are by the count of a receiver with this layout";
            foreach (Wrap wrap in _guess.Time.Wraps)
                yield return $"wrap       {Named(_guess.Time.Id)} goes from {Text(wrap.From)} on to {Text(wrap.To)} "
                    + $"at heap {N(wrap.Sample + 1)} of data, "
                    + $"{(_guess.Kind.Arrivals[wrap.Sample] - _seen.FirstArrival) / 1e9:F3} s after the first datagram: "
                    + $"its {_guess.Kind.AddressBits} bits were full, and {Setting.Time.Option} resync (the default of run) follows it";
        }
    }

    private IEnumerable<KeyValuePair<string, long>> Decapsulated => _status.Decapsulated ?? new Dictionary<string, long>();

    private double Seconds => Math.Max(0, (_seen.LastArrival - _seen.FirstArrival) / 1e9);

    private IEnumerable<KeyValuePair<DatagramOrigin, SeenSender>> Senders => _seen.Senders.OrderByDescending(sender =>
        sender.Value.Packets);

    private long Missing(LayoutGuess guess)
    {
        static long Step(LayoutGuess guess, long[] sample) => guess.Time.StepOf(TimeGrid.At(sample));
        long[][] samples = [.. guess.Placed];
        if (samples.Length == 0) return 0;
        long[] steps = [.. samples.Select(sample => Step(guess, sample)).Order()];
        // Where the samples break off, heaps that were still to come are no loss: the last twentieth is left out.
        long last = MissingIsOfTheBeginning ? steps[steps.Length * 19 / 20] : steps[^1];
        long span = last - steps[0] + 1;
        // A clock that jumped promises nothing in between.
        if (span > 4L * guess.Batches) return 0;
        int came = samples.Where(sample => Step(guess, sample) <= last)
            .Select(sample => (Step(guess, sample), guess.PlaceOf(sample))).Distinct().Count();
        return Math.Max(0, span * guess.FilledPlaces - came);
    }

    private void NoteMistakes(LayoutGuess guess)
    {
        if (guess.Time.Id != ItemIds.HeapCnt)
            _seen.Note("misaligned_timestamps", guess.Kind.Samples.Count(sample => !guess.Time.Contains(TimeGrid.At(sample))));
        foreach (HeapKind other in _seen.Kinds.Values.Where(other => other != guess.Kind && !other.IsStop))
        {
            bool carries = other.Addressed.Intersect(guess.Kind.Addressed).Any();
            if (!carries) continue;
            if (other.Length != guess.Kind.Length) _seen.Note("wrong_sizes", other.Count);
            else if (guess.Kind.Immediate.Except(other.Immediate).Any()) _seen.Note("missing_items", other.Count);
        }
        if (!guess.Time.IsCertain) return;
        long back = guess.Kind.Samples.Zip(guess.Kind.Samples.Skip(1), (before, after) =>
            TimeGrid.At(after) - TimeGrid.At(before) < -4L * guess.Time.Step * Math.Max(1, guess.BatchHeaps) ? 1 : 0).Sum();
        _seen.Note("timestamps_running_back", back);
    }

    private JsonObject Timestamp(LayoutGuess guess)
    {
        var values = new ValueSeries();
        foreach (long[] sample in guess.Kind.Samples) values.Add(sample[guess.Time.Column]);
        return new JsonObject
        {
            ["id"] = guess.Time.Id,
            ["name"] = NameOf(guess.Time.Id),
            ["first"] = values.First,
            ["last"] = values.Last,
            ["step"] = guess.Time.Step,
            ["offset"] = guess.Time.Offset,
            ["masked"] = guess.Time.Masked,
            ["certain"] = guess.Time.IsCertain,
            ["times"] = guess.Batches,
            ["heaps_at_each"] = guess.BatchHeaps,
            ["places_never_filled"] = guess.BatchHeaps - guess.FilledPlaces,
            ["heaps_at_a_place_taken"] = guess.Shared,
            ["wraps"] = new JsonArray([.. guess.Time.Wraps.Select(wrap => (JsonNode)wrap.To)]),
            ["heap_bytes"] = guess.Kind.Length,
        };
    }

    private JsonObject Item(SeenItem item)
    {
        var json = new JsonObject { ["id"] = item.Id, ["hex"] = $"0x{item.Id:x4}", ["heaps"] = item.Heaps };
        if (NameOf(item.Id) is { } name) json["name"] = name;
        if (item.Values.Count > 0) json["values"] = item.Values.ToJson();
        if (item.Lengths.Count > 0) json["lengths"] = item.Lengths.ToJson();
        return json;
    }

    private static JsonObject Sender(in DatagramOrigin origin, SeenSender sender) => new()
    {
        ["from"] = Address(origin) is var text && text.Contains(" to ") ? text.Split(" to ")[0] : text,
        ["to"] = origin == default ? null : origin.Destination.ToString(),
        ["packets"] = sender.Packets,
        ["bytes"] = sender.Bytes,
        ["heaps"] = sender.Heaps,
        ["incomplete"] = sender.Incomplete,
    };

    private string? NameOf(long id) =>
        _seen.Descriptors.TryGetValue(id, out (Descriptor Descriptor, bool BugCompat) told) ? told.Descriptor.Name : KnownItems.NameOf(id);

    private string Named(long id) => $"0x{id:x4} {NameOf(id) ?? "(unknown)"}";

    private static string Address(in DatagramOrigin origin) =>
        origin == default ? "unknown" : $"{origin.Sender} to {origin.Destination}";

    private static string Described(Descriptor descriptor, bool bugCompat) =>
        $"0x{descriptor.Id:x4} {descriptor.Name}: {descriptor.Description}"
        + (descriptor.NumpyHeader.Length > 0 ? $" {descriptor.NumpyHeader}" : "")
        + (descriptor.Format.IsEmpty ? "" : $" format {string.Join(' ', descriptor.Format.Select(field => $"{field.Type}{field.Bits}"))}")
        + (descriptor.Shape.IsEmpty ? "" : $" shape ({string.Join(", ", descriptor.Shape.Select(axis => axis < 0 ? "?" : Text(axis)))})")
        + (bugCompat ? " (as PySPEAD 0.5.2 writes it)" : "");

    private static IEnumerable<string> Parts(SeenItem item)
    {
        if (item.Values.Count > 0) yield return item.Values.ToString();
        if (item.Lengths.Count > 0) yield return $"in the payload, bytes {item.Lengths}";
    }

    // The most frequent few, so that a line stays a line.
    private static IEnumerable<string> Top(SortedDictionary<long, long> counts)
    {
        foreach ((long value, long times) in counts.OrderByDescending(count =>
            count.Value).Take(6)) yield return $"{value} bytes: {N(times)}";
        if (counts.Count > 6) yield return $"{counts.Count - 6} other sizes";
    }

    private static JsonObject Counts(IEnumerable<(string Name, long Times)> counts) =>
        new(counts.Select(count => KeyValuePair.Create(count.Name, (JsonNode?)count.Times)));

    private static string Joined(IEnumerable<string> parts) => string.Join(", ", parts.DefaultIfEmpty("none"));

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
