using Recv.Sources;

namespace Recv.Cli.Verbs.Run;

/// <summary>Divides what <c>--src</c> names among streams.</summary>
internal static class StreamSplit
{
    private const int MaxStreams = 256;

    /// <summary>The sources of each stream.</summary>
    /// <param name="sources">Each <c>--src</c>.</param>
    /// <param name="streams">0: each <c>--src</c> is a stream; else one <c>--src</c> is spread over so many.</param>
    /// <exception cref="RecvException">They cannot be divided so (exit code 2).</exception>
    public static IReadOnlyList<SourceAddress>[] Of(string[] sources, int streams)
    {
        if (streams is < 0 or > MaxStreams) throw RecvException.BadUsage($"--streams {streams}: give 1 to {MaxStreams}")
            .For(Setting.Streams);
        if (streams == 0) return [.. sources.Select(SourceAddress.ParseList).SelectMany(SourceAddress.PerQueue)];
        if (sources.Length != 1) throw RecvException.BadUsage(
            $"--streams {streams}: spreads one --src, not {sources.Length}; list all addresses in one, or leave --streams out")
                .For(Setting.Streams);
        if (sources[0].StartsWith("xdp:", StringComparison.Ordinal))
            throw RecvException.BadUsage($"--streams {streams}: the queues of xdp: are its streams already; leave --streams out")
                .For(Setting.Streams);
        List<SourceAddress> single = [.. SourceAddress.ParseList(sources[0]).SelectMany(Single)];
        if (single.Count < streams)
            throw RecvException.BadUsage(
                $"--streams {streams}: {sources[0]} has only {single.Count} addresses; a stream needs one at least").For(Setting.Streams);
        // Neighbours stay together: by position, in blocks as equal as can be.
        return [.. Enumerable.Range(0, streams).Select(i =>
            (IReadOnlyList<SourceAddress>)single[(i * single.Count / streams)..((i + 1) * single.Count / streams)])];
    }

    private static IEnumerable<SourceAddress> Single(SourceAddress address)
    {
        if (address.Destination is not { Count: > 1 } range) return [address];
        return range.Endpoints.Select(endpoint => address with
        {
            Text = endpoint.ToString(),
            Destination = new EndpointRange(endpoint.Address, 1, endpoint.Port),
        });
    }
}
