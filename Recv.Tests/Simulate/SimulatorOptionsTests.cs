using Recv.Simulate;
using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Tests.Simulate;

public class SimulatorOptionsTests
{
    public static TheoryData<string, SimulatorOptions> Wrong => new()
    {
        { "65507", new SimulatorOptions { MaxPacketBytes = 65508 } },
        { "at least 73", new SimulatorOptions { MaxPacketBytes = 72 } },
        { "twice", new SimulatorOptions { RateGbps = 1, HeapsPerSecond = 1 } },
        { "twice", new SimulatorOptions { RateGbps = 1, Seconds = 1, Heaps = 1 } },
        { "rate", new SimulatorOptions { Seconds = 1 } },
        { "rate", new SimulatorOptions { RateGbps = double.NaN } },
        { "heaps", new SimulatorOptions { Heaps = -1 } },
        { "48 bits", new SimulatorOptions { StartTimestamp = 1L << 48 } },
        { "40 bits", new SimulatorOptions { StartHeapCnt = 1L << 40, Flavour = Flavour.Spead6440 } },
        { "interleave", new SimulatorOptions { Interleave = 0 } },
        { "heap_samples", new SimulatorOptions { Parameters = Set("n_ants", 3) } },
        { "sample_bits", new SimulatorOptions { Parameters = Set("sample_bits", 17) } },
        { "whole bytes", new SimulatorOptions { Parameters = Set("heap_samples", 3) } },
        { "more address bits", new SimulatorOptions { Flavour = Flavour.Spead6440 } },
        { "fewer address bits", new SimulatorOptions { Flavour = new Flavour(56) } },
        { "divide", new SimulatorOptions { Instrument = Instrument.Beam, Parameters = Set("n_channels_per_substream", 63) } },
        { "noise", new SimulatorOptions { Instrument = Instrument.FEngine, Pattern = PatternKind.Tone } },
        { "minstd", new SimulatorOptions { Instrument = Instrument.Spead2, Pattern = PatternKind.Noise } },
        { "clock", new SimulatorOptions { Instrument = Instrument.Spead2, Faults = new FaultOptions { JumpAt = 1 } } },
        { "from 0 to 1", new SimulatorOptions { Faults = new FaultOptions { Loss = 1.5 } } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void ContradictingOptionsAreRefusedInOneLine(string says, SimulatorOptions options)
    {
        RecvException refused = Assert.Throws<RecvException>(() => new InstrumentSimulator(options));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(RecvException.Usage, refused.ExitCode);
    }

    [Fact]
    public void SenderWithoutDestinationIsRefused() =>
        Assert.Contains("ADDRESS:PORT", Assert.Throws<RecvException>(() => new UdpSender(new SimulatorOptions())).Message,
            StringComparison.Ordinal);

    private static Dictionary<string, long> Set(string name, long value) => new() { [name] = value };
}
