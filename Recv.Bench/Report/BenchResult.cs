namespace Recv.Bench.Report;

/// <summary>What one measurement found, with everything that is needed to judge it.</summary>
/// <param name="Verb">The command that measured it.</param>
/// <param name="Machine">Where.</param>
/// <param name="Settings">How, as names and values for people.</param>
/// <param name="Rows">At least one.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record BenchResult(
    string Verb, Machine Machine, IReadOnlyList<RunSetting> Settings, IReadOnlyList<Comparison> Rows)
{
    /// <summary>Whether there is a peer that could have been run beside us.</summary>
    public bool HasPeer { get; init; }

    /// <summary>Sentences that belong to the result, such as what it shows and what it does not.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The command line that measured it, for whoever wants to do so again.</summary>
    public string Command { get; init; } = "";

    /// <summary>Prints it, and writes it to the file that was asked for.</summary>
    public void Publish(BenchOptions options)
    {
        ResultTable.Print(this);
        if (options.Json is string file) ResultFile.Write(file, this with { Command = CommandLine() });
    }

    // Without the folders of this machine.
    private static string CommandLine()
    {
        List<string> words = [.. Environment.GetCommandLineArgs().Skip(1)];
        if (words.IndexOf("--json") is var json and >= 0) words.RemoveRange(json, Math.Min(2, words.Count - json));
        if (words.IndexOf("--peer") is var peer and >= 0 && peer + 1 < words.Count) words[peer + 1] = "DIR";
        return "Recv.Bench " + string.Join(' ', words);
    }
}
