using System.Diagnostics;

namespace Recv.Tests.Support.Processes;

/// <summary>Runs a program of this host to its end.</summary>
internal static class HostProgram
{
    // Only ends a test that hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs it; what it says on standard output.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience), $"{program} does not end");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {error.Result}");
        return output;
    }

    /// <summary>Starts it; standard output and error are the caller's to read.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Wireshark's programs keep their settings in the home of the user.
        start.Environment["HOME"] = Path.GetTempPath();
        return Process.Start(start)!;
    }
}
