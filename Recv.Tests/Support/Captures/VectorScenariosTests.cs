using System.Security.Cryptography;
using Recv.Ledger;

namespace Recv.Tests.Support.Captures;

public sealed class VectorScenariosTests
{
    [Fact]
    public void AllThirtySixVectorsAreHere()
    {
        IEnumerable<string> keys = VectorScenarios.All.Select((object?[] row) => (string)row[0]!);
        Assert.Equal(36, keys.Where(key => !key.StartsWith(VectorScenarios.Variable, StringComparison.Ordinal)).Count());
    }

    [Theory]
    [MemberData(nameof(VectorScenarios.All), MemberType = typeof(VectorScenarios))]
    public void TheCaptureIsTheOneThatTheReferenceRead(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        Assert.Equal(scenario.PcapSha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(scenario.PcapPath))));
        Assert.Equal(scenario.Datagrams, PcapFrames.Read(scenario.PcapPath, scenario.Destinations).Count);
    }

    [Fact]
    public void FramesThatAreSnappedOrLieAreGivenAsFlawed()
    {
        VectorScenario scenario = VectorScenarios.Load("capture-noise");
        IReadOnlyList<PcapDatagram> datagrams = PcapFrames.Read(scenario.PcapPath, scenario.Destinations);
        Assert.Equal(2, datagrams.Count(datagram => datagram.Flaw == Outcome.TruncatedCapture));
        Assert.Equal(4, datagrams.Count(datagram => datagram.Flaw == Outcome.BadUdpLength));
    }

    [Fact]
    public void DatagramsOfAGroupSayWhichMemberTheyWentTo()
    {
        VectorScenario scenario = VectorScenarios.Load("beam-group");
        Assert.Equal([49, 49], PcapFrames.Read(scenario.PcapPath, scenario.Destinations)
            .CountBy(datagram => datagram.Member).OrderBy(member => member.Key).Select(member => member.Value));
    }
}
