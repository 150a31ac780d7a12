using System.Text.Json;
using Spectre.Console;

namespace Recv.Bench.Report;

/// <summary>Prints a result and writes it to a file.</summary>
internal static class ResultTable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Machine, settings and a row for each comparison.</summary>
    public static void Print(
        Machine machine, IEnumerable<(string Name, string Value)> settings, IReadOnlyList<Comparison> rows)
    {
        IAnsiConsole console = AnsiConsole.Console;
        // Tables would be broken to 80 columns in a pipe.
        if (Console.IsOutputRedirected) console.Profile.Width = 200;
        foreach ((string name, string value) in machine.Rows().Concat(settings))
            console.WriteLine($"{name,-10} {value}");
        string[] notes = [.. rows.SelectMany(row => row.Notes.Keys).Distinct()];
        Table table = new Table().Border(TableBorder.Simple).AddColumn($"{rows[0].Unit}, median (range)");
        foreach (string heading in (string[])["Recv", "spead2", "Recv / spead2", .. notes])
            table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (Comparison row in rows)
        {
            string peer = row.Peer?.Format(row.Number) ?? "peer not run";
            string ratio = row.Ratio?.Format("F2") ?? "";
            IEnumerable<string> more = notes.Select(note => row.Notes.GetValueOrDefault(note, ""));
            string[] cells = [row.Case, row.Recv.Format(row.Number), peer, ratio, .. more];
            table.AddRow([.. cells.Select(cell => new Text(cell))]);
        }
        console.Write(table);
    }

    /// <summary>Writes everything, each run included.</summary>
    public static void Write(string? file, string verb, Machine machine,
        IEnumerable<(string Name, string Value)> settings, IReadOnlyList<Comparison> rows)
    {
        if (file is null) return;
        var named = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        var document = new { verb, machine, settings = named, rows };
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(document, Indented) + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw RecvException.HostRefused($"--json {file}: cannot write: {error.Message}", error);
        }
    }
}
