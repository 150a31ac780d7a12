using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>net/if.h, linux/sockios.h and linux/ethtool.h: facts about interfaces, through any socket and in the network namespace of
/// that socket.</summary>
internal static unsafe partial class Libc
{
    public const nuint SIOCGIFNAME = 0x8910;
    public const nuint SIOCGIFFLAGS = 0x8913;
    public const nuint SIOCGIFMTU = 0x8921;
    public const nuint SIOCETHTOOL = 0x8946;

    /// <summary>Interface is up.</summary>
    public const int IFF_UP = 1;

    /// <summary>What it is plugged into is up, too.</summary>
    public const int IFF_RUNNING = 0x40;

    /// <summary>How many receive queues there are; which driver it is.</summary>
    public const uint ETHTOOL_GCHANNELS = 0x3c;
    public const uint ETHTOOL_GDRVINFO = 0x03;

    /// <summary>struct ifreq: a name, and one value of up to 24 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct if_request
    {
        public fixed byte ifr_name[16];
        public ulong ifr_value;
        public ulong ifr_more0;
        public ulong ifr_more1;
    }

    /// <summary>One of what if_nameindex returns.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct if_name_index
    {
        public uint if_index;
        public nint if_name;
    }

    /// <summary>Answer of ETHTOOL_GCHANNELS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ethtool_channels
    {
        public uint cmd;
        public uint max_rx;
        public uint max_tx;
        public uint max_other;
        public uint max_combined;
        public uint rx_count;
        public uint tx_count;
        public uint other_count;
        public uint combined_count;
    }

    /// <summary>Front of the answer of ETHTOOL_GDRVINFO; the whole is 196 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ethtool_drvinfo
    {
        public uint cmd;
        public fixed byte driver[32];
        public fixed byte rest[160];
    }

    [LibraryImport(Library, SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* arg);

    /// <summary>Returns the index of the interface, 0 when there is none of this name (a C string).</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial uint if_nametoindex(byte* ifname);

    /// <summary>Returns all interfaces, ended by one with number 0, or null; for <see cref="if_freenameindex"/>.</summary>
    [LibraryImport(Library, SetLastError = true)]
    public static partial if_name_index* if_nameindex();

    [LibraryImport(Library)]
    public static partial void if_freenameindex(if_name_index* ptr);
}
