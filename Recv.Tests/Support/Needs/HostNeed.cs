namespace Recv.Tests.Support.Needs;

/// <summary>What some tests need of the machine that not every machine has.</summary>
public enum HostNeed
{
    Ipv6Loopback,
    LoopbackMulticast,
    Ipv6Multicast,
    UdpSegmentation,
    PrivilegedPorts,
    NetworkNamespaces,
    OpenCl,
    Cuda,
    FakeCuda,
    BusyPolling,
    Numpy,
    VirtualLinks,
    Xdp,
    Capabilities,
    FewerRights,
    LockedMemory,
    MemoryLockLimit,
    RealTimePriority,
    RealTimeRefusal,
    Avx2,
    Compiler,
    Ibverbs,
    Seccomp,
}
