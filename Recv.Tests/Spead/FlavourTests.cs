using Recv.Spead;

namespace Recv.Tests.Spead;

public class FlavourTests
{
    [Theory]
    [InlineData("64-48", 48)]
    [InlineData("SPEAD-64-40", 40)]
    [InlineData("8", 8)]
    public void FlavourIsReadFromItsName(string text, int bits) => Assert.Equal(bits, Flavour.Parse(text).AddressBits);

    [Theory]
    [InlineData("64-44")]
    [InlineData("64-64")]
    [InlineData("0")]
    [InlineData("32-48")]
    [InlineData("")]
    public void MalformedFlavourIsRefusedInOneLine(string text)
    {
        RecvException refused = Assert.Throws<RecvException>(() => Flavour.Parse(text));
        Assert.Equal(RecvException.Usage, refused.ExitCode);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void IdAndAddressShareSixtyThreeBits()
    {
        for (int bits = 8; bits <= 56; bits += 8)
        {
            var flavour = new Flavour(bits);
            Assert.Equal(8, flavour.IdBytes + flavour.AddressBytes);
            Assert.Equal(long.MaxValue, (flavour.MaxId << bits) + flavour.MaxValue);
        }
    }
}
