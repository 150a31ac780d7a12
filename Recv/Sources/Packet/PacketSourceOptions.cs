namespace Recv.Sources.Packet;

/// <summary>How a <see cref="PacketSource"/> receives.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record PacketSourceOptions
{
    /// <summary>Bytes of the ring, rounded up to blocks. Default 64 MiB: 50 ms at 10 Gb/s.</summary>
    public long RingBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// Bytes of one block, a power of two from 128 KiB to 16 MiB: what the kernel delivers at once. Default 256 KiB: it holds the largest
    /// super-packet and stays in the L2 cache while it is placed.
    /// </summary>
    public int BlockBytes { get; init; } = 256 * 1024;

    /// <summary>Milliseconds after which a block that is not full is delivered. Default 2.</summary>
    public int RetireMilliseconds { get; init; } = 2;

    internal void Check()
    {
        if (BlockBytes is < 128 * 1024 or > 16 * 1024 * 1024 || (BlockBytes & (BlockBytes - 1)) != 0)
            throw RecvException.BadUsage($"blocks of {BlockBytes} bytes; give a power of two from 128 KiB to 16 MiB");
        if (RingBytes is < 1 or > 1L << 40) throw RecvException.BadUsage($"a ring of {RingBytes} bytes; give 1 byte to 1 TiB");
        if (RetireMilliseconds is < 1 or > 1000)
            throw RecvException.BadUsage($"{RetireMilliseconds} ms until a block is delivered; give 1 to 1000");
    }
}
