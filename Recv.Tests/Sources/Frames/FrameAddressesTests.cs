using Recv.Sources;

namespace Recv.Tests.Sources.Frames;

public sealed class FrameAddressesTests
{
    [Theory]
    [InlineData("packet:eth0:0.0.0.0:7148")]
    [InlineData("packet:eth0:[::]:7148")]
    [InlineData("xdp:eth0/0:0.0.0.0:7148")]
    public void NoFrameIsSentToTheUnspecifiedAddress(string text)
    {
        RecvException refusal = Assert.Throws<RecvException>(() => SourceFactory.Create(SourceAddress.ParseList(text)));
        Assert.Equal(RecvException.Usage, refusal.ExitCode);
        Assert.Contains("name the group, or the address of eth0", refusal.Message, StringComparison.Ordinal);
    }
}
