using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Recv.Spead;

/// <summary>
/// What a sender says of an item: ID, name, description, and either a numpy header or a SPEAD format and shape.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record Descriptor
{
    /// <summary>The item that is described.</summary>
    public required long Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence.</summary>
    public string Description { get; init; } = "";

    /// <summary>
    /// Type and shape in numpy's notation; empty when <see cref="Format"/> and <see cref="Shape"/> say it.
    /// </summary>
    public string NumpyHeader { get; init; } = "";

    /// <summary>Fields of an element: a letter (u, i, f, c, b) and its bits.</summary>
    public ImmutableArray<(char Type, int Bits)> Format { get; init; } = [];

    /// <summary>
    /// Elements along each axis, slowest first; -1 for one of variable length. Empty for a single element.
    /// </summary>
    public ImmutableArray<long> Shape { get; init; } = [];

    /// <summary>The description as a SPEAD packet of its own: the value of an item 5.</summary>
    /// <exception cref="RecvException">A number does not fit the flavour.</exception>
    public byte[] Encode(Flavour flavour)
    {
        HeapBuilder builder = new HeapBuilder(flavour, heapCnt: 1)
            .Immediate(ItemIds.DescriptorId, Id)
            .Addressed(ItemIds.DescriptorName, Encoding.UTF8.GetBytes(Name))
            .Addressed(ItemIds.DescriptorDescription, Encoding.UTF8.GetBytes(Description))
            .Addressed(ItemIds.DescriptorFormat, EncodeFormat(flavour))
            .Addressed(ItemIds.DescriptorShape, EncodeShape(flavour));
        if (NumpyHeader.Length != 0)
            builder.Addressed(ItemIds.DescriptorNumpyHeader, Encoding.UTF8.GetBytes(NumpyHeader));
        return builder.Build().ToPackets(int.MaxValue)[0];
    }

    // A field is its letter and its bits, together as wide as an item pointer's ID part and a byte.
    private byte[] EncodeFormat(Flavour flavour)
    {
        int width = 1 + flavour.IdBytes;
        byte[] bytes = new byte[Format.Length * width];
        for (int field = 0; field < Format.Length; field++)
        {
            (char type, int bits) = Format[field];
            if (type > 127 || bits < 1 || bits >= 1L << 8 * flavour.IdBytes)
                throw RecvException.BadUsage(
                    $"descriptor of item 0x{Id:x}: a field of {bits} bits does not fit {flavour}; use fewer "
                    + "address bits");
            PutBigEndian(bytes.AsSpan(field * width, width), (long)type << 8 * flavour.IdBytes | (long)bits);
        }
        return bytes;
    }

    // An axis is a byte (1: variable) and a length as wide as an address.
    private byte[] EncodeShape(Flavour flavour)
    {
        int width = 1 + flavour.AddressBytes;
        byte[] bytes = new byte[Shape.Length * width];
        for (int axis = 0; axis < Shape.Length; axis++)
        {
            if (Shape[axis] < -1 || Shape[axis] > flavour.MaxValue)
                throw RecvException.BadUsage(
                    $"descriptor of item 0x{Id:x}: an axis of {Shape[axis]} does not fit {flavour}; use more "
                    + "address bits");
            long value = Shape[axis] == -1 ? 1L << flavour.AddressBits : Shape[axis];
            PutBigEndian(bytes.AsSpan(axis * width, width), value);
        }
        return bytes;
    }

    private static void PutBigEndian(Span<byte> destination, long value)
    {
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(all, value);
        all[^destination.Length..].CopyTo(destination);
    }
}
