namespace Recv.Cli.Parsing;

/// <summary>Options of the form NAME=VALUE.</summary>
internal static class NameValues
{
    /// <summary>Values by name.</summary>
    public static IReadOnlyDictionary<string, string> Parse(Setting setting, IEnumerable<string> texts)
    {
        var values = new Dictionary<string, string>();
        foreach (string text in texts)
        {
            int at = text.IndexOf('=', StringComparison.Ordinal);
            if (at < 1) throw RecvException.BadSetting($"{setting} {text}: write it as {setting} NAME=VALUE");
            if (!values.TryAdd(text[..at].Trim(), text[(at + 1)..].Trim()))
                throw RecvException.BadSetting($"{setting} {text}: {text[..at]} is given twice; keep one");
        }
        return values;
    }
}
