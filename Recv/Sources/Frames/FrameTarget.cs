using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Recv.Sources.Frames;

/// <summary>
/// Consecutive addresses of one IP version with one UDP port, and perhaps the only sender, that a source takes from frames.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct FrameTarget
{
    /// <summary>True for IPv4, whose addresses are numbers below 2^32 here.</summary>
    public required bool IsV4 { get; init; }

    /// <summary>The lowest address.</summary>
    public required UInt128 First { get; init; }

    /// <summary>Addresses that follow it.</summary>
    public required uint More { get; init; }

    /// <summary>Destination port.</summary>
    public required ushort Port { get; init; }

    /// <summary>The only sender to accept, or null.</summary>
    public UInt128? Sender { get; init; }

    /// <summary>One address as a number.</summary>
    public static UInt128 Number(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The targets of single endpoints, neighbours joined.</summary>
    /// <param name="endpoints">Address and port, and the only sender or null.</param>
    public static FrameTarget[] Of(IEnumerable<(IPEndPoint Address, IPAddress? Sender)> endpoints)
    {
        List<FrameTarget> all = [];
        IEnumerable<FrameTarget> singles = endpoints.Select(endpoint => new FrameTarget
        {
            IsV4 = endpoint.Address.AddressFamily == AddressFamily.InterNetwork,
            First = Number(endpoint.Address.Address),
            More = 0,
            Port = (ushort)endpoint.Address.Port,
            Sender = endpoint.Sender is null ? null : Number(endpoint.Sender),
        });
        foreach (FrameTarget single in singles.OrderBy(one => one.Port).ThenBy(one => one.Sender).ThenBy(one => one.First))
        {
            if (all.Count > 0 && all[^1].IsFollowedBy(single)) all[^1] = all[^1] with { More = all[^1].More + 1 };
            else all.Add(single);
        }
        return [.. all];
    }

    // Only the lowest 32 bits count up, so that filters need to compare a range in one word alone.
    private bool IsFollowedBy(in FrameTarget next) =>
        next == this with { First = First + More + 1, More = 0 } && (uint)(First + More) != uint.MaxValue;
}
