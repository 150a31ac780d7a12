namespace Recv.Cli.View;

/// <summary>
/// The console of a process that goes on without it: a terminal that is gone, a log pipe without its reader or a full disk costs
/// what was to be written there, not the data. What standard output lost shows in the exit code, because the report is there;
/// standard error has the view.
/// </summary>
/// <remarks><b>Threading:</b> one thread, before and after all others.</remarks>
internal static class StandardStreams
{
    // A pager makes its writer wait as long as somebody reads. The view does not wait: a stop must not hang on a log that is stuck.
    private const int ForEver = -1;
    private const int ViewPatienceMilliseconds = 2000;

    /// <summary>The name that standard output has as a file.</summary>
    public const string Output = "/dev/stdout";

    // All that lead to the same; a link that the user made himself is his own name for it.
    private static readonly string[] NamesOfOutput = [Output, "/dev/fd/1", "/proc/self/fd/1"];

    /// <summary>
    /// Whether a file is standard output by another name. What else is printed goes to standard error then, so that the file is
    /// what was asked for; and should it be gone, whoever writes the file says so, once.
    /// </summary>
    public static bool IsOutput(string file) => NamesOfOutput.Contains(file);

    /// <summary>Makes them the console, and runs a verb with them.</summary>
    /// <param name="onlyShows">Whether what it prints is all that it does: then a reader that has seen enough (<c>| head -1</c>) is no
    /// loss, as with other tools.</param>
    /// <param name="verb">The verb.</param>
    /// <returns>The verb's exit code; 3 if that was 0 and standard output has lost something, which is said.</returns>
    public static int Run(bool onlyShows, Func<int> verb)
    {
        using var output = new StandardStream(descriptor: 1, ForEver);
        using var error = new StandardStream(descriptor: 2, ViewPatienceMilliseconds);
        Console.SetOut(new StreamWriter(output) { AutoFlush = true });
        Console.SetError(new StreamWriter(error) { AutoFlush = true });
        int exitCode = verb();
        if (output.Loss is not string loss || onlyShows && output.HasLostReader) return exitCode;
        Console.Error.WriteLine($"recv: standard output cannot be written: {loss}; some or all of what was to stand there is lost");
        return exitCode == 0 ? RecvException.Host : exitCode;
    }
}
