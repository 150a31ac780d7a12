namespace Recv.Cli.Parsing;

/// <summary>Options of the form NAME=VALUE.</summary>
internal static class NameValues
{
    /// <summary>Values by name.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string option, IEnumerable<string> texts)
    {
        var values = new Dictionary<string, string>();
        foreach (string text in texts)
        {
            int at = text.IndexOf('=', StringComparison.Ordinal);
            if (at < 1) throw RecvException.BadUsage($"{option} {text}: write it as {option} NAME=VALUE");
            if (!values.TryAdd(text[..at].Trim(), text[(at + 1)..].Trim()))
                throw RecvException.BadUsage($"{option} {text}: {text[..at]} is given twice; keep one");
        }
        return values;
    }
}
