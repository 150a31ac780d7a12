using Recv.Bench.Report;

namespace Recv.Bench.All;

/// <summary>One measurement of <c>all</c>.</summary>
/// <param name="Name">Of its result: <c>Recv.Bench/results/NAME.json</c>.</param>
/// <param name="Title">For RESULTS.md.</param>
/// <param name="Arguments">The command.</param>
/// <param name="Quick">What is added for a short run.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Step(string Name, string Title, string Arguments, string Quick)
{
    /// <summary>Whether it compares with spead2.</summary>
    public bool TakesPeer { get; init; }

    /// <summary>Whether it takes too long for those who have not asked for it by name.</summary>
    public bool OnlyByName { get; init; }

    /// <summary>Whether a result was measured as it should be: not by a quick run, and with the peer where there is one.</summary>
    public bool IsFull(BenchResult result) => result.Command == $"Recv.Bench {Arguments}{(TakesPeer ? " --peer DIR" : "")}";

    /// <summary>All of them, in the order of RESULTS.md.</summary>
    public static IReadOnlyList<Step> All { get; } =
    [
        new("memory", "Packets in memory to chunks, one thread",
            "memory --copy none,fastest --plain --packets 1 --rounds 5", "--packets 0.2 --rounds 3 --cold 64") { TakesPeer = true },
        new("paths", "The copies of other processors", "paths --rounds 5", "--rounds 1 --packets 0.1 --cold 64") { OnlyByName = true },
        Loopback("loopback-8872", "Loopback, 8872 bytes, segmentation offload", "--packet 8872 --rate 10"),
        Loopback("loopback-1472", "Loopback, 1472 bytes, segmentation offload", "--packet 1472 --rate 5"),
        Loopback("single-8872", "Loopback, 8872 bytes, packet by packet", "--packet 8872 --rate 5 --no-gso"),
        Loopback("single-1472", "Loopback, 1472 bytes, packet by packet", "--packet 1472 --rate 1.5 --no-gso"),
        Search("search-8872", "Highest rate without loss, 8872 bytes, buffer of 8 MiB", "--packet 8872 --buffer 4"),
        Search("search-1472", "Highest rate without loss, 1472 bytes, buffer of 8 MiB", "--packet 1472 --buffer 4"),
        Search("search-8872-64", "Highest rate without loss, 8872 bytes, buffer of 64 MiB", "--packet 8872 --buffer 32"),
        Search("search-1472-64", "Highest rate without loss, 1472 bytes, buffer of 64 MiB", "--packet 1472 --buffer 32"),
        new("latency", "Chunk full to consumer", "latency --rounds 5", "--rounds 2 --chunks 300") { TakesPeer = true },
        new("gc", "Loss by the garbage collector", "gc --rounds 5 --seconds 2", "--rounds 1 --seconds 1"),
        new("start", "Loss at the start", "start --runs 10", "--runs 2"),
        new("scaling", "Scaling", "scaling --rounds 5 --packets 0.5 --seconds 0.7", "--rounds 2 --packets 0.1 --seconds 0.3"),
        new("replay", "A capture of 4 GiB", "replay --rounds 5", "--rounds 1 --size 256"),
        new("micro", "Single calls", "micro", "--filter *Decode*"),
        new("check", "Ratios with bounds", "check --rounds 15", "--quick"),
        new("waiting", "What waiting costs", "waiting", "--rounds 1") { TakesPeer = true, OnlyByName = true },
        new("scrape", "A scrape storm", "scrape --rounds 9 --rate 5", "--rounds 1 --seconds 1") { OnlyByName = true },
        Bypass("bypass-1472", "Past the kernel's sockets, 1472 bytes", "--packet 1472 --rate 2.5"),
        Bypass("bypass-8872", "Past the kernel's sockets, 8872 bytes", "--packet 8872 --rate 8"),
        Bypass("bypass-8872-unpaced", "Past the kernel's sockets, 8872 bytes, unpaced", "--packet 8872 --rate 0"),
        new("soak", "Soak of ten minutes", "soak --minutes 10", "--minutes 0.5 --restart 5") { OnlyByName = true },
        new("gpu-opencl", "Chunks to an OpenCL device", "gpu --device opencl", "--rounds 1 --chunks 8") { OnlyByName = true },
        new("gpu-soak-host", "Ten minutes with sink host", "gpu --device host --soak 600", "--soak 20") { OnlyByName = true },
        new("gpu-soak-opencl", "Ten minutes with an OpenCL device", "gpu --device opencl --soak 600", "--soak 20") { OnlyByName = true },
    ];

    private static Step Loopback(string name, string title, string traffic) =>
        new(name, title, $"loopback {traffic} --seconds 1.5 --rounds 5", "--seconds 0.3 --rounds 1") { TakesPeer = true };

    // By name: it needs root, for network namespaces.
    private static Step Bypass(string name, string title, string traffic) =>
        new(name, title, $"bypass {traffic} --seconds 2 --rounds 5", "--seconds 0.3 --rounds 1") { TakesPeer = true, OnlyByName = true };

    private static Step Search(string name, string title, string traffic) =>
        new(name, title, $"loopback --search {traffic} --rate 15 --seconds 1", "--seconds 0.2") { TakesPeer = true };
}
