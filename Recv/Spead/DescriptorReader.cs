using System.Collections.Immutable;
using System.Text;
using Recv.Ledger;

namespace Recv.Spead;

/// <summary>Reads item descriptors (item 5): SPEAD packets in the payload of a heap.</summary>
/// <remarks>
/// <para>PySPEAD 0.5.2 writes them differently (spead2's documentation calls it <c>bug_compat</c>): formats and shapes have
/// fields of 4 and 8 bytes whatever the flavour, a variable axis is marked by bit 1 instead of bit 0, and the byte order
/// of a numpy header is the other one. Which of the two a descriptor is follows from the sizes of its fields.</para>
/// <para><b>Threading:</b> pure.</para>
/// </remarks>
public static class DescriptorReader
{
    // A field of PySPEAD 0.5.2: a letter and 3 bytes of bits; a mark and 7 bytes of length.
    private const int CompatFormatBytes = 4;
    private const int CompatShapeBytes = 8;

    // Descriptors are a few hundred bytes; an axis or field takes at least one.
    private const int MaxFields = 4096;

    /// <summary>Reads the value of an item 5; null when it is none.</summary>
    /// <param name="bytes">The value.</param>
    /// <param name="bugCompat">In: take it as PySPEAD 0.5.2's whatever it looks like. Out: whether it was taken so.</param>
    public static Descriptor? Read(ReadOnlySpan<byte> bytes, ref bool bugCompat)
    {
        if (SpeadPacket.Decode(bytes, out SpeadPacket packet) != Outcome.None) return null;
        long? id = null;
        ReadOnlySpan<byte> name = default, description = default, format = default, shape = default, numpy = default;
        for (int i = 0; i < packet.ItemCount; i++)
        {
            ItemPointer item = packet[i];
            if (item.IsImmediate && item.Id == ItemIds.DescriptorId) id = item.Value;
            if (item.IsImmediate || item.Value > packet.Payload.Length) continue;
            ReadOnlySpan<byte> value = Value(packet, i);
            switch (item.Id)
            {
                case ItemIds.DescriptorName: name = value; break;
                case ItemIds.DescriptorDescription: description = value; break;
                case ItemIds.DescriptorFormat: format = value; break;
                case ItemIds.DescriptorShape: shape = value; break;
                case ItemIds.DescriptorNumpyHeader: numpy = value; break;
            }
        }
        if (id is null) return null;
        int idBytes = 8 - packet.AddressBits / 8;
        bugCompat |= LooksCompat(format, shape, 1 + idBytes, 1 + packet.AddressBits / 8);
        int formatWidth = bugCompat ? CompatFormatBytes : 1 + idBytes;
        int shapeWidth = bugCompat ? CompatShapeBytes : 1 + packet.AddressBits / 8;
        string header = Encoding.UTF8.GetString(numpy);
        return new Descriptor
        {
            Id = id.Value,
            Name = Encoding.UTF8.GetString(name),
            Description = Encoding.UTF8.GetString(description),
            Format = Format(format, formatWidth),
            Shape = Shape(shape, shapeWidth, variable: bugCompat ? 2 : 1),
            NumpyHeader = bugCompat ? Swapped(header) : header,
        };
    }

    /// <summary>An addressed item ends where the next one begins; of those that begin together only the last has
    /// bytes.</summary>
    private static ReadOnlySpan<byte> Value(SpeadPacket packet, int index)
    {
        long from = packet[index].Value;
        long end = packet.Payload.Length;
        for (int i = 0; i < packet.ItemCount; i++)
        {
            ItemPointer other = packet[i];
            bool isNext = other.Value > from || (other.Value == from && i > index);
            if (!other.IsImmediate && isNext && other.Value < end) end = other.Value;
        }
        return packet.Payload[(int)from..(int)end];
    }

    private static bool LooksCompat(ReadOnlySpan<byte> format, ReadOnlySpan<byte> shape, int formatWidth, int shapeWidth)
    {
        bool fits = format.Length % formatWidth == 0 && shape.Length % shapeWidth == 0 && MarksAre(shape, shapeWidth, 1);
        bool fitsCompat = format.Length % CompatFormatBytes == 0 && shape.Length % CompatShapeBytes == 0
            && MarksAre(shape, CompatShapeBytes, 2);
        return !fits && fitsCompat;
    }

    private static bool MarksAre(ReadOnlySpan<byte> shape, int width, int mark)
    {
        for (int at = 0; at < shape.Length; at += width)
            if (shape[at] != 0 && shape[at] != mark) return false;
        return true;
    }

    private static ImmutableArray<(char Type, int Bits)> Format(ReadOnlySpan<byte> bytes, int width)
    {
        var fields = ImmutableArray.CreateBuilder<(char, int)>();
        for (; bytes.Length >= width && fields.Count < MaxFields; bytes = bytes[width..])
            fields.Add(((char)bytes[0], (int)Math.Min(int.MaxValue, Number(bytes[1..width]))));
        return fields.ToImmutable();
    }

    private static ImmutableArray<long> Shape(ReadOnlySpan<byte> bytes, int width, int variable)
    {
        var axes = ImmutableArray.CreateBuilder<long>();
        for (; bytes.Length >= width && axes.Count < MaxFields; bytes = bytes[width..])
            axes.Add((bytes[0] & variable) != 0 ? -1 : Number(bytes[1..width]));
        return axes.ToImmutable();
    }

    private static long Number(ReadOnlySpan<byte> bytes)
    {
        long number = 0;
        foreach (byte one in bytes) number = number << 8 | one;
        return number & long.MaxValue;
    }

    private static string Swapped(string header) => string.Concat(header.Select(c => c switch { '<' => '>', '>' => '<', _ => c }));
}
