namespace Recv.Sources.Shim;

/// <summary>Why a library could not be loaded, out of the paragraph that the runtime makes of it.</summary>
/// <remarks>
/// <para>The runtime tries several spellings of the name, and gives what the system's loader (dlopen of glibc or musl) said to each, a line
/// each, behind some advice. Those that are about another file than ours, or about what is in ours, are the reason.</para>
/// <para><b>Threading:</b> pure.</para>
/// </remarks>
internal static class LoadFailure
{
    private const string Missing = ": cannot open shared object file: No such file or directory";

    /// <summary>A few words: the reason, and what to do.</summary>
    /// <param name="library">As the user wrote it.</param>
    /// <param name="paragraph">What the runtime said.</param>
    public static string Explain(string library, string paragraph)
    {
        string[] lines = paragraph.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? reason = Array.Find(
            lines, line => line.Contains(": ", StringComparison.Ordinal) && !IsAdvice(line) && !IsSpelling(library, line));
        if (reason is null) return "No such file where the system looks for libraries; name its path (shim:./LIB)";
        if (reason.EndsWith(Missing, StringComparison.Ordinal))
            return $"it needs {reason[..^Missing.Length]}, which is not installed";
        return reason.EndsWith("invalid ELF header", StringComparison.Ordinal)
            || reason.EndsWith("file too short", StringComparison.Ordinal)
            ? "not a shared library; compile it with cc -shared -fPIC"
            : reason;
    }

    // The first line, which ends in a colon where others follow.
    private static bool IsAdvice(string line) => line.StartsWith("Unable to load", StringComparison.Ordinal);

    // That there is no file of another spelling says nothing.
    private static bool IsSpelling(string library, string line)
    {
        if (!line.EndsWith(Missing, StringComparison.Ordinal)) return false;
        string file = Path.GetFileName(line[..^Missing.Length]), name = Path.GetFileName(library);
        return file == name || file == $"lib{name}" || file == $"{name}.so" || file == $"lib{name}.so";
    }
}
