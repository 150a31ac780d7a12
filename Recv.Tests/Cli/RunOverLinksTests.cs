using Recv.Tests.Support;
using Recv.Tests.Support.Links;

namespace Recv.Tests.Cli;

/// <summary>The service on a device, with the words of the README.</summary>
public sealed class RunOverLinksTests
{
    [HostFact(HostNeed.Xdp)]
    public void AllQueuesOfADeviceAreOneSrc()
    {
        using VethPair link = new(mtu: 1500, queues: 2);
        using RecvProcess process = link.Receiver.Run(() => RecvProcess.Start(
            "run", "--layout", "meerkat-digitiser", "--src", $"xdp:{VethPair.ReceiverDevice}/0-1:239.10.10.0+7:7148?frames=4096", "--http", "off"));
        process.AwaitError("recv0 queue 0: AF_XDP in copy mode");
        process.AwaitError("recv0 queue 1: AF_XDP in copy mode");
        process.Signal(RecvProcess.Terminate);
        Assert.True(process.Wait() == 0, process.Everything);
    }
}
