using System.Net;
using System.Text.Json;
using Recv.Ledger;
using Recv.Sources;
using Recv.Tests.Support.Captures;

namespace Recv.Tests.Sources.Pcap;

public sealed class PcapVectorTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Vectors");

    public static TheoryData<string> Scenarios =>
        [.. Directory.GetFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void TheStreamHasAsManyFramesAsTheReferenceSaw(string name)
    {
        using JsonDocument scenario = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        JsonElement pcap = scenario.RootElement.GetProperty("pcap");
        JsonElement udp = scenario.RootElement.GetProperty("udp");
        JsonElement[] members = udp.TryGetProperty("streams", out JsonElement streams) ? [.. streams.EnumerateArray()] : [udp];
        // The reference does not read tagged frames; we do. Pieces of datagrams it drops; of those here none is whole.
        int expected = pcap.GetProperty(name == "pcap-vlan" ? "frames" : "frames_for_stream").GetInt32();
        Captured[] captured = [.. members.Select(member => Read(name, member))];
        Assert.Equal(expected, captured.Sum(stream => stream.Datagrams.Count - stream.Lost));
        Assert.All(captured, stream => Assert.Equal(pcap.GetProperty("frames").GetInt32(), stream.Frames));
        Assert.All(captured, stream => Assert.Null(stream.Damage));
    }

    [Fact]
    public void NoiseInACaptureIsToldApart()
    {
        Captured captured = Captured.ReadFile(Path.Combine(Folder, "capture-noise.pcap"), EndpointRange.Parse("10.20.30.40:7148"));
        // As the log of the scenario says; two more have a UDP length that is possible but too small for what they
        // carry.
        Assert.Equal(4, captured.Flaws.Count(flaw => flaw == Outcome.BadUdpLength));
        Assert.Equal(2, captured.Flaws.Count(flaw => flaw == Outcome.TruncatedCapture));
        Assert.Equal(62, captured.Flaws.Count(flaw => flaw == Outcome.None));
    }

    private static Captured Read(string name, JsonElement member)
    {
        IPAddress address = IPAddress.Parse(member.GetProperty("destination_address").GetString()!);
        EndpointRange destination = new(address, 1, member.GetProperty("destination_port").GetInt32());
        return Captured.ReadFile(Path.Combine(Folder, name + ".pcap"), destination);
    }
}
