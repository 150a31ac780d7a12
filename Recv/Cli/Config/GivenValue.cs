namespace Recv.Cli.Config;

/// <summary>What an option was given, and where.</summary>
/// <param name="Values">As the command line would take them; of a list, each.</param>
/// <param name="Origin">For people: <c>recv.yaml:3:7</c>, <c>RECV_SRC</c>, <c>command line</c>.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record GivenValue(IReadOnlyList<string> Values, string Origin)
{
    /// <summary>One value.</summary>
    public GivenValue(string value, string origin)
        : this([value], origin)
    {
    }
}
