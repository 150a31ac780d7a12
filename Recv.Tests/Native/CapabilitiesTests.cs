using System.Net;
using Recv.Doctor;
using Recv.Doctor.Checks;
using Recv.Native;
using Recv.Sources.Packet;
using Recv.Sources.Udp;
using Recv.Sources.Xdp;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Native;

/// <summary>Whatever right is missing, the command that gives it is the same, so that following one message undoes no other.</summary>
public sealed class CapabilitiesTests
{
    // Unit and image of containers are told rights in their own words.
    private static readonly string[] Written = ["*.cs", "*.md", "*.service", "*.yaml", "*.yml", "Dockerfile"];

    [Fact]
    public void TheCommandGivesEveryRightThatAMessageAsksFor() =>
        Assert.Equal("sudo setcap cap_net_raw,cap_net_admin,cap_bpf,cap_ipc_lock,cap_sys_nice+ep $(readlink -f $(which recv))",
            Capabilities.GrantCommand);

    [HostFact(HostNeed.Capabilities)]
    public void EveryRefusalForLackOfARightPrintsTheSameCommandAndTheRight() => HostThreads.With([], () =>
    {
        UdpEndpoint group = new("239.1.1.1:7148?if=lo", new IPEndPoint(IPAddress.Parse("239.1.1.1"), 7148), null, "lo");
        (string Message, string Rights)[] messages =
        [
            (XdpRefusal.Rights("xdp:eth0/0:239.1.1.1").Message, "CAP_NET_RAW CAP_NET_ADMIN CAP_BPF"),
            (XdpRefusal.Of("xdp:eth0/0:239.1.1.1", "a BPF map", Libc.EPERM).Message, "CAP_NET_RAW CAP_NET_ADMIN CAP_BPF"),
            (PacketRefusal.Of("packet:eth0:239.1.1.1", "a packet socket", Libc.EPERM).Message, "CAP_NET_RAW"),
            (UdpRefusal.OfInterface(group, Libc.EPERM).Message, "CAP_NET_RAW"),
            (UdpRefusal.OfBusyPoll(group, Libc.EPERM).Message, "CAP_NET_ADMIN"),
            (FixOf(new XdpCheck()), "CAP_NET_RAW CAP_NET_ADMIN CAP_BPF"),
            (FixOf(new PacketRingCheck()), "CAP_NET_RAW"),
        ];
        Assert.All(messages, each =>
            Assert.Contains($"{Capabilities.GrantCommand}, or AmbientCapabilities={each.Rights} in its systemd unit", each.Message,
                StringComparison.Ordinal));
    });

    [SourceTreeFact]
    public void NobodyWritesACommandOfHisOwn()
    {
        string tests = Path.Combine(SourceTree.Root!, "Recv.Tests"), helper = Path.Combine("Native", "Capabilities.cs");
        string[] found =
        [
            .. Written.SelectMany(pattern => Directory.EnumerateFiles(SourceTree.Root!, pattern, SearchOption.AllDirectories))
                .Where(file => !file.StartsWith(tests, StringComparison.Ordinal) && !file.EndsWith(helper, StringComparison.Ordinal))
                .SelectMany(File.ReadLines)
                .Where(line => line.Contains("setcap cap_", StringComparison.Ordinal)
                    && !line.Contains(Capabilities.GrantCommand, StringComparison.Ordinal)),
        ];
        Assert.Empty(found);
    }

    private static string FixOf(IHostCheck check) =>
        Assert.Single(check.Look(new HostFacts("/")), finding => finding.Fix is not null
            && finding.Fix.Contains("setcap", StringComparison.Ordinal)).Fix!;
}
