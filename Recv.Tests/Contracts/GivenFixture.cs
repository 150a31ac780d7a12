using Recv.Sources;

namespace Recv.Tests.Contracts;

/// <summary>A source that has all its datagrams from the start.</summary>
/// <remarks><b>Owns:</b> the source and what it reads from.</remarks>
internal sealed class GivenFixture : SourceFixture
{
    private readonly IDisposable? _origin;

    public GivenFixture(IPacketSource source, IDisposable? origin = null) : base(source)
    {
        _origin = origin;
        source.Open();
    }

    public override void Feed(ReadOnlySpan<byte[]> datagrams)
    {
    }

    protected override void Dispose(bool disposing) => _origin?.Dispose();
}
