using Recv.Bench.Report;

namespace Recv.Bench.All;

/// <summary>The results of the last runs, in the sources, and the pages that are made of them.</summary>
internal static class ResultFolder
{
    /// <summary>Around the lines that README.md has from RESULTS.md.</summary>
    public const string Begin = "<!-- numbers of Recv.Bench/RESULTS.md, written by Recv.Bench all -->";

    /// <summary>Behind them.</summary>
    public const string End = "<!-- end of numbers -->";

    /// <summary>The folder in the sources.</summary>
    public static string Default => Path.Combine(Root, "Recv.Bench", "results");

    /// <summary>File of a step's result.</summary>
    public static string FileOf(string folder, Step step) => Path.Combine(folder, step.Name + ".json");

    /// <summary>Writes RESULTS.md and the numbers of README.md.</summary>
    public static void WritePages()
    {
        var results = new Dictionary<string, BenchResult>();
        foreach (Step step in Step.All)
        {
            string file = FileOf(Default, step);
            if (File.Exists(file)) results.Add(step.Name, ResultFile.Read(file));
        }
        if (results.Count == 0) throw RecvException.BadUsage($"no results in {Default}; run Recv.Bench all");
        var measured = new Measured(results);
        string notes = Path.Combine(Default, "notes.md");
        string[] numbers = [.. Headlines.Of(measured)];
        File.WriteAllLines(Path.Combine(Root, "Recv.Bench", "RESULTS.md"),
            ResultsPage.Lines(measured, numbers, File.Exists(notes) ? File.ReadAllLines(notes) : []));
        ReplaceNumbers(Path.Combine(Root, "README.md"), numbers);
    }

    private static void ReplaceNumbers(string readme, string[] numbers)
    {
        List<string> lines = [.. File.ReadAllLines(readme)];
        int begin = lines.IndexOf(Begin), end = lines.IndexOf(End);
        if (begin < 0 || end < begin) throw RecvException.BadUsage($"{readme} has no lines '{Begin}' and '{End}'");
        lines.RemoveRange(begin + 1, end - begin - 1);
        lines.InsertRange(begin + 1, numbers);
        File.WriteAllLines(readme, lines);
    }

    private static string Root
    {
        get
        {
            foreach (string start in (string[])[Environment.CurrentDirectory, AppContext.BaseDirectory])
            {
                for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
                    if (File.Exists(Path.Combine(folder.FullName, "Recv.sln"))) return folder.FullName;
            }
            throw RecvException.BadUsage("no Recv.sln above here: run it in the sources, or name a --folder");
        }
    }
}
