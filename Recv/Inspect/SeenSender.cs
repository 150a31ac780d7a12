namespace Recv.Inspect;

/// <summary>What one sender sent.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal sealed class SeenSender
{
    public long Packets { get; set; }

    public long Bytes { get; set; }

    public long Heaps { get; set; }

    public long Incomplete { get; set; }
}
