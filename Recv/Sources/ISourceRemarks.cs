namespace Recv.Sources;

/// <summary>A source that has something to tell after <see cref="IPacketSource.Open"/>: what the host granted of what it tried.</summary>
public interface ISourceRemarks
{
    /// <summary>One line each, without a full stop; empty before Open. Any thread.</summary>
    IReadOnlyList<string> Remarks { get; }
}
