using Spectre.Console;

namespace Recv.Bench.Report;

/// <summary>The rows of a result as text: for the terminal, and for RESULTS.md.</summary>
internal static class ResultTable
{
    /// <summary>Machine, settings, a row for each comparison, remarks.</summary>
    public static void Print(BenchResult result)
    {
        IAnsiConsole console = AnsiConsole.Console;
        // Tables would be broken to 80 columns in a pipe.
        if (Console.IsOutputRedirected) console.Profile.Width = 200;
        foreach (RunSetting setting in result.Machine.Settings.Concat(result.Settings))
            console.WriteLine($"{setting.Name,-10} {setting.Value}");
        string[] headings = Headings(result);
        Table table = new Table().Border(TableBorder.Simple);
        for (int column = 0; column < headings.Length; column++)
        {
            var heading = new TableColumn(headings[column]);
            table.AddColumn(column < 2 ? heading : heading.RightAligned());
        }
        foreach (Comparison row in result.Rows) table.AddRow([.. Cells(result, row).Select(cell => new Text(cell))]);
        console.Write(table);
        foreach (string remark in result.Remarks) console.WriteLine(remark);
    }

    /// <summary>The same table in Markdown.</summary>
    public static IEnumerable<string> Markdown(BenchResult result)
    {
        string[] headings = Headings(result);
        yield return Line(headings);
        yield return Line(headings.Select((_, column) => column < 2 ? "---" : "---:"));
        foreach (Comparison row in result.Rows) yield return Line(Cells(result, row));
    }

    private static string Line(IEnumerable<string> cells) =>
        "| " + string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))) + " |";

    private static string[] Headings(BenchResult result)
    {
        string[] peer = result.HasPeer ? ["spead2", "Recv / spead2"] : [];
        return ["median (range)", "unit", "Recv", .. peer, .. NotesOf(result)];
    }

    private static string[] Cells(BenchResult result, Comparison row)
    {
        string[] peer = !result.HasPeer ? []
            : row.Ratio is Series ratio ? [row.Peer!.Format(row.Number), ratio.Format("F2")]
            : result.Rows.Any(other => other.Peer is not null) ? ["", ""]
            : ["not run", ""];
        IEnumerable<string> notes = NotesOf(result).Select(note => row.Notes.GetValueOrDefault(note, ""));
        return [row.Case, row.Unit, row.Recv.Format(row.Number), .. peer, .. notes];
    }

    private static string[] NotesOf(BenchResult result) => [.. result.Rows.SelectMany(row => row.Notes.Keys).Distinct()];
}
