using System.Globalization;
using System.Text;
using Recv.Bench.Report;

namespace Recv.Bench.Peers;

/// <summary>
/// spead2 as it was built in a folder: its own receiving tool, and our small programs against its public interface.
/// </summary>
/// <remarks>
/// <b>Threading:</b> one thread. <b>Owns:</b> nothing: the compiled programs stay in the user's cache folder, under a name that says
/// what they were made of, since compiling takes longer than measuring.
/// </remarks>
internal sealed class PeerPrograms
{
    private static readonly string[] Programs = ["peer", "peer_udp", "lat"];

    private readonly string _folder;

    private PeerPrograms(string folder, string tool, string version)
    {
        _folder = folder;
        Tool = tool;
        Description = $"spead2 {version}, programs compiled with -O3 -DNDEBUG";
    }

    /// <summary>What was compiled against.</summary>
    public string Description { get; }

    /// <summary>Receives on a socket with <c>chunk_stream</c>.</summary>
    public string UdpProgram => Path.Combine(_folder, "peer_udp");

    /// <summary>spead2's own tool that receives, <c>spead2_recv</c>.</summary>
    public string Tool { get; }

    /// <summary>What the settings of a result say of the peer.</summary>
    public static RunSetting Describe(PeerPrograms? peer) => new("peer", peer?.Description ?? "not run; give --peer DIR");

    /// <summary>Compiles the programs, unless that was done before.</summary>
    /// <param name="build">Build folder of spead2; null for no peer.</param>
    /// <exception cref="RecvException">It is none (2), or there is no compiler (3).</exception>
    public static PeerPrograms? Build(string? build)
    {
        if (build is null) return null;
        string library = Path.Combine(build, "src", "libspead2.a"), tool = Path.Combine(build, "src", "spead2_recv");
        string sources = Path.GetDirectoryName(Path.GetFullPath(build).TrimEnd('/'))!;
        string headers = Path.Combine(sources, "include"), version = Path.Combine(sources, "VERSION.txt");
        string[] needed = [library, tool, version];
        if (!needed.All(File.Exists) || !Directory.Exists(headers))
        {
            throw RecvException.BadUsage($"--peer {build}: there is no src/libspead2.a and src/spead2_recv with ../include beside it; "
                + "name the build folder inside the sources of spead2");
        }
        string folder = CacheFolder(library);
        // spead2 needs these if it was built with them.
        string recipe = File.ReadAllText(Path.Combine(build, "build.ninja"));
        string[] optional =
        [
            .. ((string[])["pcap", "cap"]).Where(name => recipe.Contains($"lib{name}.so", StringComparison.Ordinal))
                .Select(name => "-l" + name),
        ];
        foreach (string program in Programs)
        {
            string output = Path.Combine(folder, program);
            if (File.Exists(output)) continue;
            string[] inputs = ["-I", headers, "-I", Path.Combine(build, "include"), SourceOf(program), library, .. optional];
            Tools.Run("g++", ["-std=c++17", "-O3", "-DNDEBUG", .. inputs, "-ldl", "-pthread", "-o", output + ".new"]);
            File.Move(output + ".new", output, overwrite: true);
        }
        return new PeerPrograms(folder, tool, File.ReadAllText(version).Trim());
    }

    /// <summary>One run of packets in memory to chunks.</summary>
    /// <returns>Nanoseconds per packet.</returns>
    public double Memory(string traffic, string copy, int sourceMiB, double millions, int core)
    {
        // The first repetition touches all memory, the second is the result. 1: huge pages, as ours.
        string output = Tools.Run(Path.Combine(_folder, "peer"),
            [traffic, copy, $"{sourceMiB}", millions.ToString(CultureInfo.InvariantCulture), "2", "1"], core);
        return After(output.Trim().Split('\n')[^1], "ns/pkt");
    }

    /// <summary>One run of its ring between two threads: the median from chunk pushed to consumer woken.</summary>
    /// <param name="chunks">Chunks pushed.</param>
    /// <param name="microseconds">From one to the next.</param>
    /// <returns>Microseconds.</returns>
    public double RingLatency(int chunks, int microseconds) =>
        After(Tools.Run(Path.Combine(_folder, "lat"), [$"{chunks}", $"{microseconds}"]), "p50");

    private static double After(string line, string word)
    {
        string[] words = line.Trim().Split(' ');
        return double.Parse(words[Array.IndexOf(words, word) + 1], CultureInfo.InvariantCulture);
    }

    private static string SourceOf(string program) => Path.Combine(AppContext.BaseDirectory, "peer", program + ".cpp");

    private static string CacheFolder(string library)
    {
        var madeOf = new StringBuilder(Path.GetFullPath(library)).Append(File.GetLastWriteTimeUtc(library).Ticks);
        foreach (string program in Programs) madeOf.Append(File.ReadAllText(SourceOf(program)));
        return ProgramCache.Folder("peer", madeOf.ToString());
    }
}
