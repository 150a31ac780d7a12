using Recv.Native;

namespace Recv.Doctor.Checks;

/// <summary>The memory of AF_XDP, and memory that is locked on request, count against a limit.</summary>
internal sealed class MemlockCheck : IHostCheck
{
    private const string Name = "memlock";
    private const long Enough = 64L << 20;

    public IEnumerable<Finding> Look(HostFacts host)
    {
        if (host.Limit("Max locked memory") is not { } limit) yield break;
        if (Capabilities.Missing(Capabilities.IpcLock).Length == 0)
            yield return new Finding(Name, FindingLevel.Fine, "memory may be locked without limit (CAP_IPC_LOCK)");
        else if (limit >= Enough)
            yield return new Finding(Name, FindingLevel.Fine,
                limit == long.MaxValue ? "memory may be locked without limit" : $"{limit >> 20} MiB may be locked");
        else
            yield return new Finding(Name, FindingLevel.Advice, $"{limit >> 10} KiB may be locked",
                $"each queue of xdp: locks 32 to 64 MiB, and {Setting.LockMemory.Option} all",
                "ulimit -l unlimited, or LimitMEMLOCK=infinity in the systemd unit");
    }
}
