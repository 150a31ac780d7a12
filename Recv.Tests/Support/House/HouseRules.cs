using System.Text.RegularExpressions;

namespace Recv.Tests.Support.House;

/// <summary>The order of the rooms, and where pointers may be: DESIGN.md section 8 as a check.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="Root">Namespace of the house; types in it directly are for everybody, so they use no room.</param>
/// <param name="Rooms">From the top of the list down: a room uses only rooms before it.</param>
/// <param name="Door">The type in the root that lets people in: it may use every room.</param>
public sealed partial record HouseRules(string Root, IReadOnlyList<string> Rooms, string Door)
{
    /// <summary>Recv's.</summary>
    public static HouseRules OfRecv { get; } = new(
        "Recv",
        [
            "Native", "Files", "Threads", "Memory", "Ledger", "Spead", "Layouts", "Chunks", "Rings", "Sources", "Streams", "Sinks",
            "Metrics", "Sensors", "Simulate", "Inspect", "Doctor", "Service", "Cli",
        ],
        "Recv.Program");

    /// <summary>Each breach in words: <c>Recv.Chunks.Chunk uses Recv.Streams.X</c>.</summary>
    public IReadOnlyList<string> Breaches(IEnumerable<TypeUse> uses) =>
        [.. uses.Where(use => IsInside(use.User) && IsInside(use.Used)).Select(Breach).OfType<string>()];

    /// <summary>Files that say <c>unsafe</c> outside the folders that <paramref name="allowed"/> gives, with the line.</summary>
    public static IReadOnlyList<string> UnsafeOutside(string sourceFolder, Func<string, bool> allowed)
    {
        var breaches = new List<string>();
        foreach (string file in Directory.EnumerateFiles(sourceFolder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(sourceFolder, file).Replace('\\', '/');
            if (path.StartsWith("obj/", StringComparison.Ordinal) || path.StartsWith("bin/", StringComparison.Ordinal) || allowed(path))
                continue;
            string[] lines = File.ReadAllLines(file);
            for (int line = 0; line < lines.Length; line++)
                if (UnsafeWord().IsMatch(Comment().Replace(lines[line], ""))) breaches.Add($"{path}:{line + 1} says unsafe");
        }
        return breaches;
    }

    /// <summary>String literals outside the folders that <paramref name="left"/> gives, comments left out.</summary>
    public static IEnumerable<(string Place, string Text)> StringsOutside(string sourceFolder, Func<string, bool> left)
    {
        foreach (string file in Directory.EnumerateFiles(sourceFolder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string path = Path.GetRelativePath(sourceFolder, file).Replace('\\', '/');
            if (path.StartsWith("obj/", StringComparison.Ordinal) || path.StartsWith("bin/", StringComparison.Ordinal)
                || left(path)) continue;
            string[] lines = File.ReadAllLines(file);
            for (int line = 0; line < lines.Length; line++)
            {
                if (lines[line].TrimStart().StartsWith("//", StringComparison.Ordinal)) continue;
                foreach (Match literal in Literal().Matches(lines[line])) yield return ($"{path}:{line + 1}", literal.Groups[1].Value);
            }
        }
    }

    private string? Breach(TypeUse use)
    {
        if (use.User == Door) return null;
        string? room = RoomOf(use.User);
        if (room is not null && !Rooms.Contains(room)) return $"{use.User} is in no room of the design";
        if (RoomOf(use.Used) is not { } usedRoom) return null;
        return room is not null && Rooms.Contains(usedRoom) && Index(usedRoom) <= Index(room) ? null : $"{use.User} uses {use.Used}";
    }

    private int Index(string room) => Rooms.ToList().IndexOf(room);

    private bool IsInside(string type) => type.StartsWith(Root + ".", StringComparison.Ordinal);

    // The first part of the namespace below the root: Recv.Sources.Udp.UdpSource is in Sources. Null for the root itself.
    private string? RoomOf(string type)
    {
        string[] parts = type[(Root.Length + 1)..].Split('.');
        return parts.Length == 1 ? null : parts[0];
    }

    [GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeWord();

    [GeneratedRegex("//.*$")]
    private static partial Regex Comment();
}
