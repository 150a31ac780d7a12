using System.Diagnostics;

namespace Recv.Bench.All;

/// <summary><c>all</c> and <c>results</c>: runs the steps, then writes the pages.</summary>
internal static class AllBench
{
    /// <summary>Runs what was asked for. A step that fails keeps the result that it had, and does not stop the others.</summary>
    /// <returns>0, or 3 when a step failed.</returns>
    public static int Run(AllOptions options)
    {
        Step[] steps = [.. Chosen(options)];
        string folder = options.Folder ?? ResultFolder.Default;
        Directory.CreateDirectory(folder);
        List<string> failed = [];
        foreach (Step step in steps)
        {
            string file = ResultFolder.FileOf(folder, step);
            if (options.Resume && File.Exists(file)) continue;
            string peer = step.TakesPeer && options.Peer is string build ? $"--peer {build} " : "";
            string arguments = $"{Merge(step, options.Quick)} {peer}--json {file}";
            Console.Out.WriteLine($"\n== {step.Name}: Recv.Bench {arguments}");
            if (!Succeeds(arguments, file)) failed.Add(step.Name);
        }
        if (options.Folder is null) ResultFolder.WritePages();
        if (failed.Count == 0) return 0;
        Console.Error.WriteLine($"Recv.Bench: failed: {string.Join(", ", failed)}; run them again with --only");
        return RecvException.Host;
    }

    /// <summary>Writes the pages.</summary>
    public static int Run(ResultsOptions _)
    {
        ResultFolder.WritePages();
        return 0;
    }

    private static IEnumerable<Step> Chosen(AllOptions options)
    {
        string[] names = [.. options.Only];
        if (names.FirstOrDefault(name => !Step.All.Any(step => step.Name == name)) is string unknown)
            throw RecvException.BadUsage($"--only {unknown}: there is {string.Join(", ", Step.All.Select(step => step.Name))}");
        return Step.All.Where(step => names.Length == 0 ? !step.OnlyByName : names.Contains(step.Name));
    }

    // An option may be given once, so what is short takes the place of what is long.
    private static string Merge(Step step, bool quick)
    {
        if (!quick) return step.Arguments;
        List<string> words = [.. step.Arguments.Split(' ')];
        string[] shorter = step.Quick.Split(' ');
        foreach (string option in shorter.Where(word => word.StartsWith("--", StringComparison.Ordinal)))
        {
            int at = words.IndexOf(option);
            if (at >= 0) words.RemoveRange(at, 2);
        }
        return string.Join(' ', [.. words, .. shorter]);
    }

    private static bool Succeeds(string arguments, string file)
    {
        DateTime before = File.Exists(file) ? File.GetLastWriteTimeUtc(file) : DateTime.MinValue;
        using Process process = Process.Start(
            Path.Combine(AppContext.BaseDirectory, "Recv.Bench"), arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        process.WaitForExit();
        // A check whose bound is broken has a result, too.
        return process.ExitCode is 0 or RecvException.Loss && File.Exists(file) && File.GetLastWriteTimeUtc(file) > before;
    }
}
