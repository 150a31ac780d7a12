namespace Recv.Cli.View;

/// <summary>Columns of text that line up, for reading and for <c>grep</c>: no borders, no wrapping.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <summary>Writes the rows; cells that begin with a digit line up at their right.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows.Max(row => row.Length))
            .Select(column => rows.Max(row => column < row.Length ? row[column].Length : 0))];
        foreach (string[] row in rows)
            output.WriteLine(string.Join(Gap,
                row.Select((cell, column) => IsNumber(cell) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }

    private static bool IsNumber(string cell) => cell.Length > 0 && char.IsAsciiDigit(cell[0]);
}
