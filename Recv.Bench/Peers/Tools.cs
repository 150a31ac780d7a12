using System.Diagnostics;

namespace Recv.Bench.Peers;

/// <summary>Runs a program to its end.</summary>
internal static class Tools
{
    /// <summary>Runs it, on one core if that is named.</summary>
    /// <returns>What it wrote to stdout.</returns>
    /// <exception cref="RecvException">It is not there, or it failed (exit code 3).</exception>
    public static string Run(string program, IEnumerable<string> arguments, int core = -1)
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
