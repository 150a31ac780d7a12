using System.Globalization;

namespace Recv.Spead;

/// <summary>
/// How an item pointer divides its 64 bits: one mode bit, the item ID, and an address or immediate value of
/// <see cref="AddressBits"/> bits. SPEAD-64-48 has 48.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public readonly record struct Flavour
{
    /// <summary>First byte of each packet (SPEAD header).</summary>
    public const byte Magic = 0x53;

    /// <summary>Version of the protocol, the second byte.</summary>
    public const byte Version = 4;

    /// <summary>SPEAD-64-48, the flavour of MeerKAT.</summary>
    public static readonly Flavour Spead6448 = new(48);

    /// <summary>SPEAD-64-40, the flavour in which <c>spead2_send</c> sends data.</summary>
    public static readonly Flavour Spead6440 = new(40);

    /// <summary>A flavour by its address width.</summary>
    /// <param name="addressBits">8 to 56, a multiple of 8.</param>
    /// <exception cref="RecvException">There is no such flavour.</exception>
    public Flavour(int addressBits)
    {
        if (addressBits is < 8 or > 56 || addressBits % 8 != 0)
            throw RecvException.BadUsage(
                $"SPEAD-64-{addressBits} is not a flavour: use 8, 16, 24, 32, 40, 48 or 56 address bits");
        AddressBits = addressBits;
    }

    /// <summary>Bits of an address or immediate value.</summary>
    public int AddressBits { get; }

    /// <summary>Bytes of an address or immediate value: the fourth byte of each packet.</summary>
    public int AddressBytes => AddressBits / 8;

    /// <summary>Bytes of an item ID and the mode bit: the third byte of each packet.</summary>
    public int IdBytes => 8 - AddressBytes;

    /// <summary>Largest item ID.</summary>
    public long MaxId => (1L << 63 - AddressBits) - 1;

    /// <summary>Largest address or immediate value; also the mask that cuts a number to what fits.</summary>
    public long MaxValue => (1L << AddressBits) - 1;

    /// <summary>Reads <c>64-48</c>, <c>SPEAD-64-48</c> or <c>48</c>.</summary>
    public static Flavour Parse(string text)
    {
        string bits = text.StartsWith("SPEAD-", StringComparison.OrdinalIgnoreCase) ? text[6..] : text;
        if (bits.StartsWith("64-", StringComparison.Ordinal)) bits = bits[3..];
        if (!int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out int addressBits))
            throw RecvException.BadUsage($"'{text}' is not a flavour: write it as 64-48");
        return new Flavour(addressBits);
    }

    /// <inheritdoc/>
    public override string ToString() => $"SPEAD-64-{AddressBits}";
}
