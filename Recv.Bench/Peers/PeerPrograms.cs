using System.Diagnostics;
using System.Globalization;

namespace Recv.Bench.Peers;

/// <summary>
/// Our own small programs against the public interface of spead2, compiled when its build folder is named.
/// </summary>
/// <remarks>
/// <b>Threading:</b> one thread. <b>Owns:</b> a temporary folder with the programs, removed when the process ends.
/// </remarks>
internal sealed class PeerPrograms
{
    /// <summary>What a result says when there is no peer.</summary>
    public const string NotRun = "peer not run; give --peer DIR";

    private readonly string _folder;

    private PeerPrograms(string folder, string description)
    {
        _folder = folder;
        Description = description;
    }

    /// <summary>What was compiled against.</summary>
    public string Description { get; }

    /// <summary>Compiles the programs.</summary>
    /// <param name="build">Build folder of spead2.</param>
    /// <exception cref="RecvException">It is none (2), or there is no compiler (3).</exception>
    public static PeerPrograms Build(string build)
    {
        string library = Path.Combine(build, "src", "libspead2.a");
        string headers = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(build).TrimEnd('/'))!, "include");
        if (!File.Exists(library) || !Directory.Exists(headers))
        {
            throw RecvException.BadUsage($"--peer {build}: there is no src/libspead2.a with ../include beside it; "
                + "name the build folder inside the sources of spead2");
        }
        string folder = Directory.CreateTempSubdirectory("recv-peer-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        // spead2 needs these if it was built with them.
        string recipe = File.ReadAllText(Path.Combine(build, "build.ninja"));
        string[] optional =
        [
            .. ((string[])["pcap", "cap"]).Where(name => recipe.Contains($"lib{name}.so", StringComparison.Ordinal))
                .Select(name => "-l" + name),
        ];
        foreach (string program in (string[])["peer", "peer_udp"])
        {
            string source = Path.Combine(AppContext.BaseDirectory, "peer", program + ".cpp");
            string[] inputs = ["-I", headers, "-I", Path.Combine(build, "include"), source, library, .. optional];
            string output = Path.Combine(folder, program);
            Run("g++", ["-std=c++17", "-O3", "-DNDEBUG", .. inputs, "-ldl", "-pthread", "-o", output]);
        }
        return new PeerPrograms(folder, $"spead2 of {build}, programs compiled with -O3 -DNDEBUG");
    }

    /// <summary>One run of packets in memory to chunks.</summary>
    /// <returns>Nanoseconds per packet.</returns>
    public double Memory(string traffic, string copy, int sourceMiB, double millions, int core)
    {
        // The first repetition touches all memory, the second is the result. 1: huge pages, as ours.
        string output = Run(Path.Combine(_folder, "peer"),
            [traffic, copy, $"{sourceMiB}", millions.ToString(CultureInfo.InvariantCulture), "2", "1"], core);
        string[] words = output.Trim().Split('\n')[^1].Split(' ');
        return double.Parse(words[Array.IndexOf(words, "ns/pkt") + 1], CultureInfo.InvariantCulture);
    }

    /// <summary>The receiver's program, to be started with its arguments.</summary>
    public string UdpProgram => Path.Combine(_folder, "peer_udp");

    private static string Run(string program, IEnumerable<string> arguments, int core = -1)
    {
        IEnumerable<string> words = core < 0 ? [program, .. arguments] : ["taskset", "-c", $"{core}", program, .. arguments];
        var start = new ProcessStartInfo(words.First(), words.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0) return output;
            string why = errors.Result.Trim().Split('\n')[0];
            throw RecvException.HostRefused($"{Path.GetFileName(program)} ended with {process.ExitCode}: {why}");
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            throw RecvException.HostRefused(
                $"cannot run {start.FileName}: {refused.Message}; install g++ and util-linux", refused);
        }
    }
}
