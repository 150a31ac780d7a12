namespace Recv.Bench.InMemory;

/// <summary>A way to copy payload.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="PeerName">The like of it for the peer's program.</param>
/// <param name="PeerPlainName">The same alone, without a receiver around; null when there is nothing to copy.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record CopyKind(string Name, string PeerName, string? PeerPlainName)
{
    public static readonly CopyKind None = new("none", "none", null);
    public static readonly CopyKind Fastest = new("fastest", "nt", "memcpynt");
    public static readonly CopyKind Memcpy = new("memcpy", "std", "memcpy");

    /// <summary>What <c>--copy</c> names.</summary>
    /// <exception cref="RecvException">A name is unknown (exit code 2).</exception>
    public static IReadOnlyList<CopyKind> Parse(string list) => [.. list.Split(',').Select(One)];

    private static CopyKind One(string name) => name switch
    {
        "none" => None,
        "fastest" => Fastest,
        "memcpy" => Memcpy,
        _ => throw RecvException.BadUsage($"--copy {name}: there is none, fastest and memcpy"),
    };
}
