using Recv.Cli;
using Recv.Cli.Parsing;

namespace Recv.Tests.Cli.Parsing;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("212992", 212992)]
    [InlineData("64K", 64 * 1024)]
    [InlineData("64k", 64 * 1024)]
    [InlineData("64M", 64L << 20)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("2G", 2L << 30)]
    public void SizeIsReadWithItsUnit(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(Setting.Buffer, text));

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5M")]
    [InlineData("64T")]
    [InlineData("9223372036854775807G")]
    public void AnythingElseIsRefused(string text)
    {
        RecvException refused = Assert.Throws<RecvException>(() => ByteSize.Parse(Setting.Buffer, text));
        Assert.Equal((RecvException.Usage, $"--buffer {text}: give a size such as 64M, 1G or 212992"),
            (refused.ExitCode, Words.Of(refused)));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(64L << 20, "64.0 MiB")]
    [InlineData(3L << 30, "3.0 GiB")]
    public void SizeIsPrintedForPeople(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));
}
