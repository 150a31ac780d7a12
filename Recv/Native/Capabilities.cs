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

    /// <summary>The one command that gives the program all rights for which it has a use.</summary>
    /// <remarks>All of them, whichever is missing: setcap replaces what a file had, so a command for one right would take away what
    /// another message gave.</remarks>
    public static string GrantCommand { get; } = "sudo setcap "
        + string.Join(',', ((int[])[NetRaw, NetAdmin, Bpf, IpcLock, SysNice]).Select(right => Name(right).ToLowerInvariant()))
        + "+ep $(readlink -f $(which recv))";

    /// <summary>Both ways to give rights, for messages: <see cref="GrantCommand"/>, and just those that are needed in a systemd
    /// unit.</summary>
    public static string Grant(params ReadOnlySpan<int> needed)
    {
        List<string> names = [];
        foreach (int right in needed) names.Add(Name(right));
        return $"{GrantCommand}, or AmbientCapabilities={string.Join(' ', names)} in its systemd unit";
    }

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
