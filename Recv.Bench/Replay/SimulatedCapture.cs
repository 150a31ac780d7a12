using System.Buffers.Binary;
using Recv.Bench.InMemory;
using Recv.Simulate;

namespace Recv.Bench.Replay;

/// <summary>A classic pcap file of simulated traffic in the temporary folder.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the file.</remarks>
internal sealed class SimulatedCapture : IDisposable
{
    // draft-ietf-opsawg-pcap: file header, record header; LINKTYPE_RAW frames begin with the IP header.
    private const int FileHeaderBytes = 24;
    private const int RecordBytes = 16;
    private const int RawIp = 101;
    private const int Ipv4Bytes = 20;
    private const int UdpBytes = 8;
    private const int HeaderBytes = RecordBytes + Ipv4Bytes + UdpBytes;

    /// <summary>Writes it, to the disk.</summary>
    /// <param name="traffic">What is in it.</param>
    /// <param name="bytes">How large it becomes, to a heap.</param>
    /// <exception cref="RecvException">It cannot be written (exit code 3).</exception>
    public SimulatedCapture(Traffic traffic, long bytes)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"recv-bench-{Guid.NewGuid():N}.pcap");
        try
        {
            Write(traffic, bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw RecvException.HostRefused(
                $"{Path}: {failure.Message}; make room there, take less (--size), or another folder (TMPDIR)", failure);
        }
        Bytes = new FileInfo(Path).Length;
    }

    public string Path { get; }

    public long Bytes { get; }

    public long Datagrams { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(Path);

    private void Write(Traffic traffic, long bytes)
    {
        var feed = new InstrumentSimulator(new SimulatorOptions
        {
            Instrument = traffic.Instrument,
            Parameters = traffic.Parameters,
            MaxPacketBytes = traffic.PacketBytes,
            Interleave = traffic.Interleaved,
            StopHeap = false,
        });
        using var file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20);
        file.Write(FileHeader());
        byte[] record = new byte[HeaderBytes + traffic.PacketBytes];
        for (long written = FileHeaderBytes; ;)
        {
            // The heaps that have begun are given to their end.
            if (written >= bytes) feed.End();
            int length = feed.Next(record.AsSpan(HeaderBytes), out _);
            if (length == 0) break;
            WriteHeaders(record, length);
            file.Write(record, 0, HeaderBytes + length);
            written += HeaderBytes + length;
            Datagrams++;
        }
        // Pages that are not yet on the disk cannot be dropped from the cache.
        file.Flush(flushToDisk: true);
    }

    private static byte[] FileHeader()
    {
        byte[] header = new byte[FileHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(6), 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 1 << 18);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), RawIp);
        return header;
    }

    private void WriteHeaders(Span<byte> record, int length)
    {
        uint frame = (uint)(Ipv4Bytes + UdpBytes + length);
        // A microsecond apart: nobody looks at the times.
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(1_700_000_000 + Datagrams / 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(Datagrams % 1_000_000));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], frame);
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], frame);
        Span<byte> ip = record[RecordBytes..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)frame);
        ip[8] = 64;
        ip[9] = 17;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], 0x0a010101);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0xef0a0a00);
        Span<byte> udp = ip[Ipv4Bytes..];
        BinaryPrimitives.WriteUInt16BigEndian(udp, 7148);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 7148);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(UdpBytes + length));
    }
}
