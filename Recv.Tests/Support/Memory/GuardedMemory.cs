using Recv.Memory;

namespace Recv.Tests.Support.Memory;

/// <summary>
/// Bytes that end right before an inaccessible page: whoever reads or writes beyond them ends the process, so a decoder that
/// passes its tests here stays inside its buffer.
/// </summary>
/// <remarks>
/// <para><b>Threading:</b> one thread.</para>
/// <para><b>Owns:</b> the memory; what <see cref="Place"/> gives is lent until the next call or <see cref="Dispose"/>.</para>
/// </remarks>
public sealed class GuardedMemory(int capacity) : IDisposable
{
    private readonly NativeBlock _block = NativeBlock.AllocateGuarded(Math.Max(1, capacity));

    /// <summary>A copy of <paramref name="bytes"/> whose last byte is the last one that may be touched.</summary>
    public Span<byte> Place(ReadOnlySpan<byte> bytes)
    {
        Span<byte> place = _block.Span(_block.Length - bytes.Length, bytes.Length);
        bytes.CopyTo(place);
        return place;
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();
}
