using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Recv.Sinks.File;

/// <summary>The header of a <c>.npy</c> file in C order: what one number is, and how many of them along each axis.</summary>
/// <remarks>
/// Format version 1.0 of NumPy (numpy.lib.format): magic, version, length, then a Python dictionary padded with spaces so that the
/// data begin on a multiple of 64 bytes. <b>Threading:</b> immutable.
/// </remarks>
/// <param name="Descr">NumPy's name of a number: <c>|u1</c>, <c>&lt;u2</c>, <c>&gt;i2</c>, <c>|V10</c>, …</param>
/// <param name="Shape">Numbers along each axis, slowest first.</param>
public sealed partial record NpyHeader(string Descr, ImmutableArray<long> Shape)
{
    private const int Fixed = 10;
    private const int Alignment = 64;

    /// <summary>Bytes of one number.</summary>
    public int ItemBytes => int.Parse(Descr.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Bytes of all of them.</summary>
    public long DataBytes => Shape.Aggregate((long)ItemBytes, (bytes, length) => checked(bytes * length));

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    /// <summary>The header as it stands in the file, up to the first byte of the data.</summary>
    public byte[] ToBytes()
    {
        // A tuple of one has a comma in Python.
        string shape = string.Concat(Shape.Select(length => length.ToString(CultureInfo.InvariantCulture) + ", "));
        string text = $"{{'descr': '{Descr}', 'fortran_order': False, 'shape': ({shape}), }}";
        int bytes = (Fixed + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[bytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(bytes - Fixed));
        header.AsSpan(Fixed).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(Fixed));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Reads a header; the stream then stands at the first byte of the data.</summary>
    /// <param name="file">At its beginning.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="RecvException">It is none of ours, or cut (exit code 2).</exception>
    public static NpyHeader Read(Stream file, string path)
    {
        Span<byte> head = stackalloc byte[Fixed];
        if (file.ReadAtLeast(head, Fixed, throwOnEndOfStream: false) < Fixed || !head[..8].SequenceEqual(Magic))
            throw RecvException.BadUsage($"{path}: is not a .npy file of version 1.0");
        byte[] text = new byte[BinaryPrimitives.ReadUInt16LittleEndian(head[8..])];
        if (file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
            throw RecvException.BadUsage($"{path}: ends within its header; write it again");
        Match match = Dictionary().Match(Encoding.ASCII.GetString(text));
        if (!match.Success) throw RecvException.BadUsage($"{path}: only arrays of plain numbers in C order are read");
        var shape = ImmutableArray.CreateBuilder<long>();
        foreach (string length in match.Groups["shape"].Value.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                throw RecvException.BadUsage($"{path}: '{length}' is not the length of an axis");
            shape.Add(value);
        }
        return new NpyHeader(match.Groups["descr"].Value, shape.ToImmutable());
    }

    [GeneratedRegex(@"^\{'descr': '(?<descr>[|<>][a-zA-Z][0-9]{1,9})', 'fortran_order': False, 'shape': \((?<shape>[0-9, ]*)\),? *\}\s*$")]
    private static partial Regex Dictionary();
}
