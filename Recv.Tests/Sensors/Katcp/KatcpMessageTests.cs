using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Recv.Sensors.Katcp;

namespace Recv.Tests.Sensors.Katcp;

/// <summary>The grammar of the specification (5.1, section 2) and its examples.</summary>
public sealed class KatcpMessageTests
{
    private static Arbitrary<KatcpMessage> Messages { get; } = (
        from kind in Gen.Elements(KatcpMessageKind.Request, KatcpMessageKind.Reply, KatcpMessageKind.Inform)
        from name in Gen.Elements("a", "sensor-value", "X9-")
        from id in Gen.Elements(0, 1, 123, int.MaxValue)
        from arguments in Gen.ArrayOf(Gen.ArrayOf(Gen.Frequency((1, Gen.Choose(0, 255)), (1, Gen.Elements(0, 9, 10, 13, 27, 32, 64,
            92, 95)))))
        select new KatcpMessage(kind, name, id, [.. arguments.Select(bytes => string.Concat(bytes.Select(one =>
            (char)one)))])).ToArbitrary();

    [Fact]
    public void AnyBytesInArgumentsComeBack() => Prop.ForAll(Messages, message =>
    {
        byte[] line = message.ToBytes();
        Assert.Equal(line.Length - 1, Array.IndexOf(line, (byte)'\n'));
        KatcpMessage back = KatcpMessage.Parse(line.AsSpan()[..^1]);
        Assert.Equal((message.Kind, message.Name, message.Id), (back.Kind, back.Name, back.Id));
        Assert.Equal(message.Arguments.AsEnumerable(), back.Arguments);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyLineIsReadOrRefusedWithAReason() => Prop.ForAll(Gen.ArrayOf(Gen.Frequency(
        (1, Gen.Choose(0, 255)), (3, Gen.Elements<int>([.. "?!#[]019 \t\\_@na-"])))).ToArbitrary(), bytes =>
    {
        byte[] line = [.. bytes.Select(one => (byte)one)];
        try
        {
            KatcpMessage.Parse(line).ToBytes();
        }
        catch (FormatException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }).QuickCheckThrowOnFailure();

    // Table 5, sections 2.1, 2.3 and 4.2, appendix A.1.3.
    [Theory]
    [InlineData("?set-rate 5.1", KatcpMessageKind.Request, "set-rate", 0, "5.1")]
    [InlineData("!set-rate ok", KatcpMessageKind.Reply, "set-rate", 0, "ok")]
    [InlineData(@"!set-unknown-parameter invalid Unknown\_request.", KatcpMessageKind.Reply, "set-unknown-parameter", 0, "invalid",
        "Unknown request.")]
    [InlineData(@"!set-rate fail Hardware\_did\_not\_respond.", KatcpMessageKind.Reply, "set-rate", 0, "fail",
        "Hardware did not respond.")]
    [InlineData("?set-rate[123] 4.1", KatcpMessageKind.Request, "set-rate", 123, "4.1")]
    [InlineData(@"#foo \@", KatcpMessageKind.Inform, "foo", 0, "")]
    [InlineData(@"#sensor-list drive.enable-azim Azimuth\_drive\_enable\_signal\_status \@ boolean", KatcpMessageKind.Inform,
        "sensor-list", 0,
        "drive.enable-azim", "Azimuth drive enable signal status", "", "boolean")]
    [InlineData(@"#disconnect New\_client\_connected\_from\_192.168.1.100:24500.", KatcpMessageKind.Inform, "disconnect", 0,
        "New client connected from 192.168.1.100:24500.")]
    [InlineData("#version-connect katcp-protocol 5.0-MI", KatcpMessageKind.Inform, "version-connect", 0, "katcp-protocol", "5.0-MI")]
    [InlineData("#sensor-status 514229978 1 acs.mode nominal idle", KatcpMessageKind.Inform, "sensor-status", 0, "514229978", "1",
        "acs.mode", "nominal", "idle")]
    public void ExamplesOfTheSpecificationAreReadAndWritten(string line, KatcpMessageKind kind, string name, int id,
        params string[] arguments)
    {
        KatcpMessage message = KatcpMessage.Parse(Encoding.Latin1.GetBytes(line));
        Assert.Equal((kind, name, id), (message.Kind, message.Name, message.Id));
        Assert.Equal(arguments, message.Arguments.AsEnumerable());
        Assert.Equal(line + "\n", Encoding.Latin1.GetString(message.ToBytes()));
    }

    [Theory]
    [InlineData("?a  b\t c \t", "b", "c")]
    [InlineData("?a\tb", "b")]
    [InlineData(@"?a x\@y", "xy")]
    [InlineData(@"?a \0\n\r\e\t\\\_", "\0\n\r\u001b\t\\ ")]
    [InlineData("?a [1]", "[1]")]
    public void AnyAmountOfWhitespaceAndAllEscapesAreRead(string line, params string[] arguments) =>
        Assert.Equal(arguments, KatcpMessage.Parse(Encoding.Latin1.GetBytes(line)).Arguments.AsEnumerable());

    [Theory]
    [InlineData("", "begins with")]
    [InlineData("help", "begins with")]
    [InlineData(" ?help", "begins with")]
    [InlineData("?", "a letter first")]
    [InlineData("?-help", "a letter first")]
    [InlineData("?9", "a letter first")]
    [InlineData("?he_lp", "a letter first")]
    [InlineData("?hélp", "a letter first")]
    [InlineData("?help[0]", "identifier")]
    [InlineData("?help[01]", "identifier")]
    [InlineData("?help[-1]", "identifier")]
    [InlineData("?help[2147483648]", "identifier")]
    [InlineData("?help[]", "identifier")]
    [InlineData("?help[1", "identifier")]
    [InlineData("?help[[1]]", "identifier")]
    [InlineData("?help[1]x", "identifier")]
    [InlineData("?help[ 1]", "identifier")]
    [InlineData(@"?a \", "backslash ends")]
    [InlineData(@"?a \x", "after a backslash")]
    [InlineData("?a b\0", "null, escape")]
    [InlineData("?a \u001b[0m", "null, escape")]
    public void KatcpMessageAgainstTheGrammarIsRefused(string line, string why) => Assert.Contains(why,
        Assert.Throws<FormatException>(() => KatcpMessage.Parse(Encoding.Latin1.GetBytes(line))).Message, StringComparison.Ordinal);
}
