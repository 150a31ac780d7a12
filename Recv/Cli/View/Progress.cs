using System.Globalization;
using Recv.Service;
using Spectre.Console;

namespace Recv.Cli.View;

/// <summary>
/// Shows a receiver at work: a live table on a terminal, a line a second in a pipe. On stderr, so that stdout stays
/// what was asked for.
/// </summary>
/// <remarks><b>Threading:</b> one thread, the main one. Reads published values only.</remarks>
internal static class Progress
{
    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    // A feed that jumps all the time must not push the table off the screen.
    private const int MostWarnings = 5;

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    /// <summary>Whether a table is drawn, which a line of somebody else's would tear.</summary>
    public static bool IsDrawn => Terminal is not null;

    /// <summary>Follows a started receiver to its end.</summary>
    /// <param name="receiver">Started.</param>
    /// <param name="more">Rows of the caller's own.</param>
    public static void Follow(Receiver receiver, Func<IEnumerable<ProgressRow>>? more = null)
    {
        var rows = new ProgressRows(receiver);
        var warnings = new FeedWarnings(receiver);
        IEnumerable<ProgressRow> Next() => rows.Next().Concat(more?.Invoke() ?? []);
        if (Terminal is { } terminal) FollowInTable(terminal, receiver, Next, warnings);
        else FollowInLines(receiver, Next, warnings);
        receiver.Wait();
    }

    // One that cannot go back (TERM is dumb, unknown or not set) would show table after table, four a second.
    private static IAnsiConsole? Terminal
    {
        get
        {
            if (Console.IsErrorRedirected) return null;
            IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            return console.Profile.Capabilities.Ansi ? console : null;
        }
    }

    private static void FollowInLines(Receiver receiver, Func<IEnumerable<ProgressRow>> rows, FeedWarnings warnings)
    {
        bool ended;
        do
        {
            ended = receiver.StreamsEnded(LineInterval);
            foreach (string warning in warnings.Next()) Console.Error.WriteLine("recv: warning: " + warning);
            if (!ended) Console.Error.WriteLine(string.Join("  ", rows().Select(row => $"{row.Name} {row.Value}")));
        }
        while (!ended);
    }

    private static void FollowInTable(IAnsiConsole terminal, Receiver receiver, Func<IEnumerable<ProgressRow>> rows, FeedWarnings warnings)
    {
        terminal.Live(Text.Empty).Start(live =>
        {
            bool ended;
            List<ProgressRow> said = [];
            do
            {
                ended = receiver.StreamsEnded(TableInterval);
                said.AddRange(warnings.Next().Select(warning => new ProgressRow("warning", warning, IsLoss: true) { IsNumber = false }));
                if (said.Count > MostWarnings) said.RemoveRange(0, said.Count - MostWarnings);
                live.UpdateTarget(Draw(rows().Concat(said)));
            }
            while (!ended);
        });
    }

    // Numbers line up in a table; sentences stand below it, or they would stretch it.
    private static Rows Draw(IEnumerable<ProgressRow> rows)
    {
        ILookup<bool, ProgressRow> byKind = rows.ToLookup(row => row.IsNumber);
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders()
            .AddColumn(new TableColumn("").NoWrap()).AddColumn(new TableColumn("").NoWrap().RightAligned());
        foreach (ProgressRow row in byKind[true]) table.AddRow(new Text(row.Name, StyleOf(row)), new Text(row.Value, StyleOf(row)));
        return new Rows([table, .. byKind[false].Select(row => new Text($"{row.Name}: {row.Value}", StyleOf(row)))]);
    }

    private static Style StyleOf(ProgressRow row) => new(row.IsLoss ? Color.Red : null);

    /// <summary>A number as people read it.</summary>
    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
