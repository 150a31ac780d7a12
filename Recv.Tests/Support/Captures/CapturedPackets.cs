using System.Buffers.Binary;
using System.Text.Json;

namespace Recv.Tests.Support.Captures;

/// <summary>The datagrams of a golden capture and what its JSON says: just enough of pcap for Ethernet and whole IPv4 datagrams.</summary>
internal sealed class CapturedPackets
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;
    private const int Ethernet = 14;
    private const int UdpHeader = 8;

    private CapturedPackets(JsonElement json, List<byte[]> packets)
    {
        Json = json;
        Packets = packets;
    }

    public JsonElement Json { get; }

    public List<byte[]> Packets { get; }

    public static CapturedPackets Load(string name)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Vectors");
        ReadOnlySpan<byte> file = File.ReadAllBytes(Path.Combine(folder, name + ".pcap"));
        var packets = new List<byte[]>();
        for (int at = FileHeader; at < file.Length;)
        {
            int captured = BinaryPrimitives.ReadInt32LittleEndian(file[(at + 8)..]);
            ReadOnlySpan<byte> ip = file.Slice(at + RecordHeader, captured)[Ethernet..];
            ReadOnlySpan<byte> udp = ip[((ip[0] & 15) * 4)..];
            packets.Add(udp[UdpHeader..BinaryPrimitives.ReadUInt16BigEndian(udp[4..])].ToArray());
            at += RecordHeader + captured;
        }
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, name + ".json")));
        return new CapturedPackets(json.RootElement.Clone(), packets);
    }
}
