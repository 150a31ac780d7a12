using System.Diagnostics;

namespace Recv.Tests.Support.Processes;

/// <summary>Runs a program of the host to its end.</summary>
internal static class Tool
{
    /// <summary>Runs it with <paramref name="input"/> on its standard input.</summary>
    /// <returns>Exit code, and what it said on either stream.</returns>
    public static (int ExitCode, string Said) Run(string input, string program, params IReadOnlyList<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, error.Result + output.Result);
    }
}
