using System.IO.Compression;
using System.Runtime.CompilerServices;
using Recv.Sources.Pcap;

namespace Recv.Tests.Support.Captures;

/// <summary>Packs bytes as the program gzip does.</summary>
internal static class Gzip
{
    // .NET looks once in a process whether to tell cuts, at the first thing it unpacks: our reader decides, whoever is first.
    static Gzip() => RuntimeHelpers.RunClassConstructor(typeof(CaptureFile).TypeHandle);

    public static byte[] Pack(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, level)) gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>How many bytes come out of what may be cut off, a byte at a time.</summary>
    public static int UnpackedBytes(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        int count = 0;
        try
        {
            while (gzip.ReadByte() >= 0) count++;
        }
        catch (InvalidDataException)
        {
            // Cut off, or no gzip at all.
        }
        return count;
    }
}
