using System.Globalization;

namespace Recv.Native;

/// <summary>The rights that the kernel divides root's power into (capabilities(7)); numbers of linux/capability.h.</summary>
internal static class Capabilities
{
    public const int NetAdmin = 12;
    public const int NetRaw = 13;
    public const int IpcLock = 14;
    public const int SysAdmin = 21;
    public const int SysNice = 23;
    public const int Bpf = 39;

    private const string Status = "/proc/thread-self/status";

    /// <summary>The effective set of the calling thread, a bit for each number.</summary>
    public static ulong Effective()
    {
        string? line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal))
            : null;
        return line is null ? 0 : ulong.Parse(line[7..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>Those of <paramref name="needed"/> that the calling thread has not got.</summary>
    public static int[] Missing(params ReadOnlySpan<int> needed)
    {
        ulong effective = Effective();
        List<int> missing = [];
        foreach (int capability in needed)
            if ((effective & 1UL << capability) == 0) missing.Add(capability);
        return [.. missing];
    }

    /// <summary>The name by which manuals know it.</summary>
    public static string Name(int capability) => capability switch
    {
        NetAdmin => "CAP_NET_ADMIN",
        NetRaw => "CAP_NET_RAW",
        IpcLock => "CAP_IPC_LOCK",
        SysAdmin => "CAP_SYS_ADMIN",
        SysNice => "CAP_SYS_NICE",
        Bpf => "CAP_BPF",
        _ => $"capability {capability}",
    };
}
