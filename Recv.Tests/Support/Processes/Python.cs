using System.ComponentModel;
using System.Diagnostics;

namespace Recv.Tests.Support.Processes;

/// <summary>A real reader of what we write.</summary>
internal static class Python
{
    // Debian's packages belong to Debian's interpreter, which need not be the first one on the path.
    private static readonly string Interpreter = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    /// <summary>Runs a program, its arguments in <c>sys.argv[1:]</c>.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed, or there is no Python.</exception>
    public static string Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Interpreter, ["-c", program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException(error.Result.Trim());
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}
