using System.IO.Compression;

namespace Recv.Tests.Support;

/// <summary>Packs bytes as the program gzip does.</summary>
internal static class Gzip
{
    public static byte[] Pack(byte[] bytes, CompressionLevel level = CompressionLevel.Fastest)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, level)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
