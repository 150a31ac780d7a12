using Recv.Native;

namespace Recv.Doctor.Checks;

/// <summary>Groups of streams stay in step by membarrier(2), once per chunk (Streams/Group/GROUPS.md).</summary>
internal sealed class MembarrierCheck : IHostCheck
{
    private const string Name = "membarrier";
    private const int PrivateExpedited = 1 << 3; // MEMBARRIER_CMD_PRIVATE_EXPEDITED of linux/membarrier.h

    public IEnumerable<Finding> Look(HostFacts host)
    {
        int commands = Libc.MembarrierCommands();
        yield return commands > 0 && (commands & PrivateExpedited) != 0
            ? new Finding(Name, FindingLevel.Fine, "membarrier is there")
            : new Finding(Name, FindingLevel.Advice, "no membarrier (an old kernel, or a seccomp filter)",
                "groups of streams then fall back to a slower way of looking at each other, once per chunk",
                "allow the system call membarrier in the container's seccomp profile");
    }
}
