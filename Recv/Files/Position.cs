namespace Recv.Files;

/// <summary>
/// A place in a layout file (lines and columns from 1), or a command-line option when <paramref name="Line"/> is 0.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct Position(string File, int Line, int Column)
{
    // Enough for every message with a list of known names.
    private const int MaxMessage = 1000;

    /// <summary>The error to throw: where and what, in one line.</summary>
    public RecvException Error(string message, Exception? inner = null) =>
        RecvException.BadUsage(OneLine($"{this}: {message}"), inner);

    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";

    // Messages quote what is in the file, and that can be anything.
    private static string OneLine(string text)
    {
        string cut = text.Length <= MaxMessage ? text : string.Concat(text.AsSpan(0, MaxMessage), "…");
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
