using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Sources.Frames;

/// <summary>The classic filter that lets a packet socket see the datagrams of some targets and nothing else.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static unsafe class SocketFilter
{
    private const uint Everything = uint.MaxValue;
    private const uint Address = 0;
    private const uint Port = 1;

    // BPF_MAXINSNS of the kernel is 4096 instructions; a target takes at most 13.
    private const int MaxTargets = 256;

    /// <summary>A filter that takes nothing: for sockets that only hold a port or a membership.</summary>
    public static Libc.sock_filter[] Nothing { get; } = Build(builder => builder.Take(0));

    /// <summary>Takes frames that the <see cref="FrameParser"/> of the same targets would give, from any sender.</summary>
    /// <exception cref="RecvException">There are too many (exit code 2).</exception>
    public static Libc.sock_filter[] For(FrameTarget[] targets)
    {
        if (targets.Length > MaxTargets)
            throw RecvException.BadUsage(
                $"{targets.Length} address ranges in one packet: source, at most {MaxTargets} fit into its filter; "
                + "make it several streams");
        return Build(builder =>
        {
            LinkLayer(builder);
            V4(builder, targets.Where(target => target.IsV4));
            V6(builder, targets.Where(target => !target.IsV4));
            builder.Label("refuse");
            builder.Take(0);
        });
    }

    /// <summary>Attaches a filter.</summary>
    /// <returns>0, or errno.</returns>
    public static int Attach(int socket, Libc.sock_filter[] filter)
    {
        fixed (Libc.sock_filter* first = filter)
        {
            Libc.sock_fprog program = new() { len = (ushort)filter.Length, filter = first };
            int result = Libc.setsockopt(
                socket, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, &program, (uint)sizeof(Libc.sock_fprog));
            return result == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    private static Libc.sock_filter[] Build(Action<FilterBuilder> write)
    {
        FilterBuilder builder = new();
        write(builder);
        return builder.Build();
    }

    /// <summary>Leaves in X how many bytes of VLAN tags there are (0, 4 or 8), in A the type of what follows.</summary>
    private static void LinkLayer(FilterBuilder builder)
    {
        for (uint tags = 0; tags <= 2; tags++)
        {
            builder.Label($"tags{tags}");
            builder.SetX(4 * tags);
            builder.LoadHalfAt(12 + 4 * tags);
            if (tags == 2) break;
            foreach (uint tag in (uint[])[0x8100, 0x88a8, 0x9100]) builder.GoIfEqual(tag, $"tags{tags + 1}");
            builder.Go("type");
        }
        builder.Label("type");
        builder.GoIfEqual(0x86dd, "v6");
        builder.GoUnlessEqual(0x0800, "refuse");
    }

    private static void V4(FilterBuilder builder, IEnumerable<FrameTarget> targets)
    {
        builder.LoadByteAtX(23);
        builder.GoUnlessEqual(17, "refuse");
        builder.LoadHalfAtX(20);
        builder.GoIfAny(0x1fff, "refuse");
        builder.LoadWordAtX(30);
        builder.Keep(Address);
        builder.LoadByteAtX(14);
        builder.HeaderLengthPlusX();
        builder.MoveToX();
        builder.LoadHalfAtX(16);
        builder.Keep(Port);
        foreach ((int index, FrameTarget target) in targets.Index())
        {
            string next = $"v4 after {index}";
            builder.Recall(Address);
            Compare(builder, target, next);
        }
        builder.Go("refuse");
    }

    private static void V6(FilterBuilder builder, IEnumerable<FrameTarget> targets)
    {
        builder.Label("v6");
        builder.LoadByteAtX(20);
        builder.GoIfEqual(17, "v6 whole");
        builder.GoUnlessEqual(44, "refuse");
        builder.LoadByteAtX(54);
        builder.GoUnlessEqual(17, "refuse");
        builder.LoadHalfAtX(56);
        builder.GoIfAny(0xfff8, "refuse");
        builder.LoadHalfAtX(64);
        builder.Go("v6 address");
        builder.Label("v6 whole");
        builder.LoadHalfAtX(56);
        builder.Label("v6 address");
        builder.Keep(Port);
        foreach ((int index, FrameTarget target) in targets.Index())
        {
            string next = $"v6 after {index}";
            for (int word = 0; word < 3; word++)
            {
                builder.LoadWordAtX((uint)(38 + 4 * word));
                builder.GoUnlessEqual((uint)(target.First >> (96 - 32 * word)), next);
            }
            builder.LoadWordAtX(50);
            Compare(builder, target, next);
        }
    }

    /// <summary>The lowest word of the address is in A.</summary>
    private static void Compare(FilterBuilder builder, in FrameTarget target, string next)
    {
        builder.Minus((uint)target.First);
        builder.GoIfGreater(target.More, next);
        builder.Recall(Port);
        builder.GoUnlessEqual(target.Port, next);
        builder.Take(Everything);
        builder.Label(next);
    }
}
