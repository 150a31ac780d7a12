using System.Globalization;

namespace Recv.Doctor;

/// <summary>What checks ask of the host, and what the user wants of it.</summary>
/// <param name="Root">Where <c>/proc</c> and <c>/sys</c> are; another folder in tests.</param>
/// <remarks><b>Threading:</b> any thread.</remarks>
public sealed record HostFacts(string Root = "/")
{
    /// <summary>Rate to be received, Gb/s. Default 10.</summary>
    public double Rate { get; init; } = 10;

    /// <summary>The interface to be received on, or null.</summary>
    public string? Interface { get; init; }

    /// <summary>Whether <see cref="Interface"/> may be disturbed for a moment.</summary>
    public bool MayTry { get; init; }

    /// <summary>The first line of a file, or null.</summary>
    public string? Line(string path)
    {
        try
        {
            return File.ReadLines(Path.Combine(Root, path.TrimStart('/'))).FirstOrDefault()?.Trim();
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>All lines of a file; none when there is no such file.</summary>
    public IReadOnlyList<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(Root, path.TrimStart('/')));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The number that is the first line of a file, or null.</summary>
    public long? Number(string path) =>
        long.TryParse(Line(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>Names in a folder that begin so; none when there is no such folder.</summary>
    public IReadOnlyList<string> Names(string folder, string beginning = "")
    {
        string path = Path.Combine(Root, folder.TrimStart('/'));
        return Directory.Exists(path)
            ? [.. Directory.EnumerateFileSystemEntries(path, beginning + "*")
                .Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>The soft limit of a line of <c>/proc/self/limits</c>: long.MaxValue for unlimited, null when it is not there.</summary>
    public long? Limit(string name)
    {
        string? line = Lines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        string? soft = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (soft == "unlimited") return long.MaxValue;
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : null;
    }
}
