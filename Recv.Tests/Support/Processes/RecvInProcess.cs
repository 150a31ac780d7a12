using Recv.Cli.Verbs;

namespace Recv.Tests.Support.Processes;

/// <summary>The command line inside the test's own process: many times faster than <see cref="RecvProcess"/>, for what ends by
/// itself.</summary>
/// <remarks><b>Threading:</b> any thread; one run at a time, because the console belongs to the process.</remarks>
internal static class RecvInProcess
{
    private static readonly Lock Console = new();

    /// <summary>Runs the arguments to their end.</summary>
    public static (int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Error) Run(params string[] arguments)
    {
        lock (Console)
        {
            (TextWriter outBefore, TextWriter errorBefore) = (System.Console.Out, System.Console.Error);
            // Never closed: a test beside this one may be about to write to what it took for the console.
            var output = new StringWriter();
            var error = new StringWriter();
            System.Console.SetOut(output);
            System.Console.SetError(error);
            try
            {
                int exitCode = Verbs.Run(arguments);
                return (exitCode, Lines(output), Lines(error));
            }
            finally
            {
                System.Console.SetOut(outBefore);
                System.Console.SetError(errorBefore);
            }
        }
    }

    // The console belongs to the process: what FsCheck says of a property test beside this one is none of recv's words.
    private static string[] Lines(StringWriter text) =>
        [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("Ok, passed ", StringComparison.Ordinal))];
}
