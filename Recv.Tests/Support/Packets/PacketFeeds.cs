using Recv.Simulate;

namespace Recv.Tests.Support.Packets;

/// <summary>Feeds as lists and lists as feeds.</summary>
internal static class PacketFeeds
{
    public static List<(byte[] Packet, PacketTag Tag)> ReadAll(this IPacketFeed feed)
    {
        var packets = new List<(byte[], PacketTag)>();
        byte[] buffer = new byte[feed.MaxPacketBytes];
        for (int length = feed.Next(buffer, out PacketTag tag); length != 0; length = feed.Next(buffer, out tag))
            packets.Add((buffer.AsSpan(0, length).ToArray(), tag));
        return packets;
    }

    public static List<ReadPacket> ReadPackets(this IPacketFeed feed) =>
        [.. feed.ReadAll().Select(one => new ReadPacket(one.Packet))];
}
