using Recv.Doctor;
using Recv.Doctor.Checks;
using Recv.Native;
using Recv.Tests.Support.Links;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Doctor;

/// <summary>Each check over a host of files that the test makes.</summary>
public sealed class CheckupTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("recv-doctor-");

    private HostFacts Host => new(_root.FullName);

    public void Dispose() => _root.Delete(recursive: true);

    [HostFact(HostNeed.Capabilities)]
    public void ASmallSocketBufferIsAProblemWithTheLineThatMendsIt() => HostThreads.With([], () =>
    {
        Write("/proc/sys/net/core/rmem_max", "212992");
        Finding finding = Only(new SocketBufferCheck(), Host with { Rate = 10 });
        Assert.Equal(FindingLevel.Problem, finding.Level);
        Assert.Contains("0.4 MiB, 0.34 ms at 10 Gb/s", finding.What, StringComparison.Ordinal);
        Assert.Equal("sudo sysctl -w net.core.rmem_max=31457280", finding.Fix);
        Assert.Equal(FindingLevel.Fine, Only(new SocketBufferCheck(), Host with { Rate = 0.05 }).Level);
        // What the check says fixes it.
        Write("/proc/sys/net/core/rmem_max", "31457280");
        Assert.Equal(FindingLevel.Fine, Only(new SocketBufferCheck(), Host with { Rate = 10 }).Level);
    });

    [HostFact(HostNeed.Capabilities)]
    public void NetAdminNeedsNoLimit() => HostThreads.With([Capabilities.NetAdmin], () =>
    {
        Write("/proc/sys/net/core/rmem_max", "212992");
        Assert.Equal(FindingLevel.Fine, Only(new SocketBufferCheck()).Level);
    });

    [Fact]
    public void StrictReversePathFilteringIsNamedWithItsInterface()
    {
        WriteRoutes("eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0");
        Write("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
        Write("/proc/sys/net/ipv4/conf/eth0/rp_filter", "1");
        Write("/proc/sys/net/ipv4/conf/eth1/rp_filter", "2");
        Assert.Contains("on eth0", Only(new ReverseFilterCheck()).What, StringComparison.Ordinal);
        Assert.Equal(FindingLevel.Fine, Only(new ReverseFilterCheck(), Host with { Interface = "eth1" }).Level);
        // The larger of both counts: loose for all is loose for each.
        Write("/proc/sys/net/ipv4/conf/all/rp_filter", "2");
        Assert.Equal(FindingLevel.Fine, Only(new ReverseFilterCheck()).Level);
    }

    [Theory]
    // Only a route to a network; a default route that is down; one that rejects.
    [InlineData("eth1\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0")]
    [InlineData("eth1\t00000000\t0101A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0")]
    [InlineData("*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0")]
    public void LooseReversePathFilteringWithoutADefaultRouteIsNamed(string route)
    {
        WriteRoutes(route);
        Write("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
        Write("/proc/sys/net/ipv4/conf/eth1/rp_filter", "2");
        Write("/proc/sys/net/ipv4/conf/eth0.5/rp_filter", "2");
        Finding found = Only(new ReverseFilterCheck());
        Assert.Equal(FindingLevel.Advice, found.Level);
        Assert.Contains("(rp_filter 2) on eth0.5, eth1, and no default route", found.What, StringComparison.Ordinal);
        Assert.Equal("sudo sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0/5.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0",
            found.Fix);
        Assert.Contains("ip route add NET dev eth0.5", found.Why, StringComparison.Ordinal);
    }

    private void WriteRoutes(string route) =>
        Write("/proc/thread-self/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n" + route
            + "\n");

    [HostFact(HostNeed.Capabilities)]
    public void LimitsAreRead() => HostThreads.With([], () =>
    {
        Limits("8388608", "256");
        Assert.Contains("8192 KiB may be locked", Only(new MemlockCheck()).What, StringComparison.Ordinal);
        Assert.Contains("256 descriptors", Only(new OpenFilesCheck()).What, StringComparison.Ordinal);
        Limits("unlimited", "unlimited");
        Assert.Equal(FindingLevel.Fine, Only(new MemlockCheck()).Level);
        Assert.Equal(FindingLevel.Fine, Only(new OpenFilesCheck()).Level);
    });

    [Fact]
    public void GovernorIsolationHugePagesAndNodesAreRead()
    {
        Write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance");
        Assert.Equal(FindingLevel.Fine, Only(new GovernorCheck()).Level);
        Write("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave");
        Assert.Contains("performance, powersave", Only(new GovernorCheck()).What, StringComparison.Ordinal);
        Write("/sys/devices/system/cpu/isolated", "");
        Assert.Equal(FindingLevel.Advice, Only(new IsolationCheck()).Level);
        Assert.Contains("isolcpus=1 nohz_full=1", Only(new IsolationCheck()).Fix, StringComparison.Ordinal);
        Write("/sys/devices/system/cpu/isolated", "2-3");
        Assert.Contains("2-3", Only(new IsolationCheck()).What, StringComparison.Ordinal);
        Write("/sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]");
        Assert.Equal(FindingLevel.Advice, Only(new HugePagesCheck()).Level);
        Write("/sys/devices/system/node/node0/cpulist", "0-15");
        Assert.Equal(FindingLevel.Fine, Only(new NumaCheck()).Level);
        Write("/sys/devices/system/node/node1/cpulist", "16-31");
        Write("/sys/class/net/eth0/device/numa_node", "1");
        Assert.Equal("choose --affinity from cores 16-31", Only(new NumaCheck(), Host with { Interface = "eth0" }).Fix);
    }

    [Fact]
    public void AnInterfaceThatIsNotThereIsAProblem()
    {
        Finding finding = Only(new InterfaceCheck(), Host with { Interface = "nosuch" });
        Assert.Equal((FindingLevel.Problem, "there is no interface nosuch here"), (finding.Level, finding.What));
        Assert.Contains("lo is ", Only(new InterfaceCheck(), Host with { Interface = "lo" }).What, StringComparison.Ordinal);
    }

    [Fact]
    public void AHostThatTellsNothingHasNoProblemOfItsOwn()
    {
        // Left are the checks that ask the kernel itself, about this machine.
        IEnumerable<IHostCheck> ofFiles = Checkup.All
            .Where(check => check is not (CoresCheck or RuntimeCheck or XdpCheck or PacketRingCheck or MembarrierCheck or GpuCheck));
        Assert.All(Checkup.Look(Host, ofFiles), finding => Assert.Equal(FindingLevel.Fine, finding.Level));
    }

    [Fact]
    public void ACheckThatFailsIsAFinding() =>
        Assert.Contains("it broke", Assert.Single(Checkup.Look(Host, [new Broken()])).What, StringComparison.Ordinal);

    [HostFact(HostNeed.Capabilities)]
    public void MissingRightsAreNamedAndNoProblem() => HostThreads.With([], () =>
    {
        Finding ring = Only(new PacketRingCheck());
        Assert.Equal((FindingLevel.Advice, "this process lacks CAP_NET_RAW"), (ring.Level, ring.What));
        Assert.All(new XdpCheck().Look(new HostFacts()), finding => Assert.Equal(FindingLevel.Advice, finding.Level));
    });

    [HostFact(HostNeed.Xdp)]
    public void ATrialSaysWhichWayTheDriverCan()
    {
        using VethPair link = new();
        var host = new HostFacts { Interface = VethPair.ReceiverDevice, MayTry = true };
        Finding finding = link.Receiver.Run(() => Only(new XdpTrialCheck(), host));
        Assert.Equal(FindingLevel.Fine, finding.Level);
        Assert.Contains("copy mode, program in driver veth", finding.What, StringComparison.Ordinal);
        Finding other = link.Receiver.Run(() => Only(new XdpTrialCheck(), host with { Interface = "nowhere0" }));
        Assert.Contains("no interface nowhere0", other.What, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFindingOfThisHostHasNameAndWhatAndAReasonWhenItIsNotFine() => Assert.All(Checkup.Look(new HostFacts()), finding =>
    {
        Assert.Matches("^[a-z-]+$", finding.Name);
        Assert.NotEmpty(finding.What);
        Assert.DoesNotContain('\n', finding.What + finding.Why + finding.Fix);
        if (finding.Level != FindingLevel.Fine) Assert.NotEmpty(finding.Why);
    });

    private Finding Only(IHostCheck check, HostFacts? host = null) => Assert.Single(check.Look(host ?? Host));

    private void Limits(string memory, string files) => Write("/proc/self/limits",
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        + $"Max open files            {files}              524288               files     \n"
        + $"Max locked memory         {memory}              unlimited            bytes     ");

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root.FullName, path.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }

    private sealed class Broken : IHostCheck
    {
        public IEnumerable<Finding> Look(HostFacts host) => throw new InvalidOperationException("it broke");
    }
}
