namespace Recv.Cli.Parsing;

/// <summary>What somebody may have meant.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class Spelling
{
    // One letter missing, doubled, swapped or wrong, or two of them.
    private const int MostTypos = 2;

    /// <summary>The name that is nearest to a word, or null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> names) =>
        names.MinBy(name => Typos(name, word)) is { } near && Typos(near, word) <= MostTypos ? near : null;

    // Levenshtein's distance, row by row.
    private static int Typos(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
