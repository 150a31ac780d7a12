using Recv.Simulate;
using Recv.Spead;
using Recv.Spead.Patterns;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Packets;

namespace Recv.Tests.Simulate;

public class InstrumentSimulatorTests
{
    private static readonly UdpDestination Somewhere = UdpDestination.ParseList("127.0.0.1:7148")[0];

    [Fact]
    public void Spead2IsTheCaptureOfSpead2SendByteForByte()
    {
        var options = new SimulatorOptions
        {
            Instrument = Instrument.Spead2,
            Parameters = new Dictionary<string, long> { ["heap_size"] = 65536 },
            MaxPacketBytes = 1472,
            Heaps = 3,
        };
        Assert.Equal(CapturedPackets.Load("spead2-send-packet-1472").Packets, Packets(options));
    }

    [Fact]
    public void Spead2WithSeveralItemsIsTheCaptureButForTheFlavourOfTheStopHeap()
    {
        var options = new SimulatorOptions
        {
            Instrument = Instrument.Spead2,
            Parameters = new Dictionary<string, long> { ["heap_size"] = 65536, ["items"] = 4 },
            Heaps = 4,
        };
        Assert.Equal(CapturedPackets.Load("spead2-send-packet-8872").Packets.SkipLast(1), Packets(options).SkipLast(1));
        Assert.Equal(HeapBuilder.Stop(Flavour.Spead6440, 5).ToPackets(1472)[0], Packets(options)[^1]);
    }

    [Fact]
    public void Spead2SendsDescriptorsAndStopHeapToEachDestination()
    {
        var options = new SimulatorOptions
        {
            Instrument = Instrument.Spead2,
            Parameters = new Dictionary<string, long> { ["heap_size"] = 1024 },
            Heaps = 5,
            Destinations = [Somewhere, Somewhere],
        };
        List<(byte[] Packet, PacketTag Tag)> packets = new InstrumentSimulator(options).ReadAll();
        Assert.Equal([0, 1, 0, 1, 0, 0, 1], packets.Select(one => one.Tag.Destination));
        Assert.Equal([true, true, false, false, false, false, false],
            packets.Select(one => new ReadPacket(one.Packet).Items.Exists(item => item.Id == 5)));
        Assert.All(packets.TakeLast(2), one => Assert.Equal(2, new ReadPacket(one.Packet).Immediate(6)));
    }

    [Fact]
    public void DigitiserHeapsHaveTimePolarisationToneAndSaturation()
    {
        var options = new SimulatorOptions { Heaps = 10, StartTimestamp = 4096 * 7, Seed = 3, StopHeap = false, StartHeapCnt = 100 };
        List<ReadPacket> packets = new InstrumentSimulator(options).ReadPackets();
        var tone = new TonePattern(3, 4096, 10);
        Assert.Equal(10, packets.Count);
        for (int heap = 0; heap < 10; heap++)
        {
            ReadPacket packet = packets[heap];
            long timestamp = 4096 * (7 + heap / 2);
            Assert.Equal(100 + heap, packet.HeapCnt);
            Assert.Equal(timestamp, packet.Immediate(0x1600));
            Assert.Equal(heap % 2, packet.Immediate(0x3101) & 1);
            Assert.Equal(5120, packet.Payload.Length);
            Assert.Equal(-1, tone.FirstMismatch(timestamp, heap % 2, packet.Payload));
            int saturated = Enumerable.Range(0, 4096).Count(k => Math.Abs(PackedSamples.Read(packet.Payload, k, 10)) == 511);
            Assert.Equal((long)saturated << 32, packet.Immediate(0x3102));
            Assert.Equal([1, 2, 3, 4, 0x1600, 0x3101, 0x3102, 0x3300], packet.Items.Select(item => item.Id));
        }
    }

    [Fact]
    public void DigitiserNoiseHasTheSaturationOfItsSamples()
    {
        var options = new SimulatorOptions { Heaps = 4, Pattern = PatternKind.Noise };
        foreach (ReadPacket packet in new InstrumentSimulator(options).ReadPackets().SkipLast(1))
        {
            int saturated = Enumerable.Range(0, 4096).Count(k => Math.Abs(PackedSamples.Read(packet.Payload, k, 10)) >= 511);
            Assert.InRange(saturated, 1, 100);
            Assert.Equal(saturated, packet.Immediate(0x3102) >> 32);
        }
    }

    [Fact]
    public void FenginesInterleavedGiveEachAntennaItsHeaps()
    {
        var options = new SimulatorOptions
        {
            Instrument = Instrument.FEngine,
            Parameters = new Dictionary<string,
                long>
            { ["n_ants"] = 3, ["n_spectra_per_heap"] = 32, ["heap_timestamp_step"] = 1000, ["heaps_per_fengine_per_chunk"] = 8 },
            Interleave = 3,
            Heaps = 12,
            MaxPacketBytes = 1472,
            StopHeap = false,
        };
        List<ReadPacket> packets = new InstrumentSimulator(options).ReadPackets();
        Assert.Equal([0, 1, 2, 0, 1, 2], packets.Take(6).Select(packet => packet.HeapCnt));
        var noise = new NoisePattern(1);
        Heap[] heaps = [.. packets.GroupBy(packet => packet.HeapCnt).Select(heap => ReadPacket.Join([.. heap]))];
        Assert.Equal(12, heaps.Length);
        foreach (Heap heap in heaps)
        {
            Assert.Equal(heap.Cnt % 3, heap.Items[1].Value);
            Assert.Equal(heap.Cnt / 3 * 1000, heap.Items[0].Value);
            Assert.Equal(-1, noise.FirstMismatch(heap.Items[0].Value, (int)(heap.Cnt % 3), heap.Payload.Span));
        }
    }

    [Fact]
    public void BeamSourcesAreCountedThroughBothPolarisations()
    {
        var options = new SimulatorOptions
        {
            Instrument = Instrument.Beam,
            Parameters = new Dictionary<string, long> { ["pol"] = 1, ["n_channels"] = 256, ["n_spectra_per_heap"] = 16 },
            Heaps = 8,
            StopHeap = false,
        };
        var noise = new NoisePattern(1);
        List<ReadPacket> packets = new InstrumentSimulator(options).ReadPackets();
        Assert.Equal([0, 64, 128, 192, 0, 64, 128, 192], packets.Select(packet => packet.Immediate(0x4103)));
        Assert.All(packets, packet => Assert.Equal(64, packet.Immediate(0x5004)));
        Assert.All(packets, packet =>
            Assert.Equal(-1, noise.FirstMismatch(packet.Immediate(0x1600), 4 + (int)packet.Immediate(0x4103) / 64, packet.Payload)));
    }

    [Fact]
    public void TimestampAndHeapCntWrapAtTheirWidth()
    {
        var options = new SimulatorOptions
        {
            Heaps = 4,
            StartTimestamp = (1L << 48) - 4096,
            StartHeapCnt = (1L << 48) - 2,
            StopHeap = false
        };
        List<ReadPacket> packets = new InstrumentSimulator(options).ReadPackets();
        Assert.Equal([(1L << 48) - 4096, (1L << 48) - 4096, 0, 0], packets.Select(packet => packet.Immediate(0x1600)));
        Assert.Equal([(1L << 48) - 2, (1L << 48) - 1, 0, 1], packets.Select(packet => packet.HeapCnt));
    }

    [Fact]
    public void ClockJumpsAndIsSetAtTheHeapsNamed()
    {
        var faults = FaultOptions.Parse("jump-at=4,jump-by=-8192,reset-at=8,reset-to=40960");
        var options = new SimulatorOptions { Heaps = 12, StartTimestamp = 81920, StopHeap = false, Faults = faults };
        var simulator = new InstrumentSimulator(options);
        List<ReadPacket> packets = simulator.ReadPackets();
        Assert.Equal([20, 20, 21, 21, 20, 20, 21, 21, 10, 10, 11, 11], packets.Select(packet => packet.Immediate(0x1600) / 4096));
        Assert.Equal(2, simulator.ClockJumps);
        var tone = new TonePattern(1, 4096, 10);
        Assert.All(packets, packet =>
            Assert.Equal(-1, tone.FirstMismatch(packet.Immediate(0x1600), (int)packet.Immediate(0x3101), packet.Payload)));
    }

    [Fact]
    public void DescriptorsGoAheadAndNameEveryItem()
    {
        foreach (Instrument instrument in new[] { Instrument.Digitiser, Instrument.FEngine, Instrument.Beam })
        {
            var options = new SimulatorOptions
            {
                Instrument = instrument,
                Heaps = 1,
                Descriptors = true,
                StartHeapCnt = 0,
                MaxPacketBytes = 9000
            };
            List<ReadPacket> packets = new InstrumentSimulator(options).ReadPackets();
            Heap heap = ReadPacket.Join([.. packets.Where(packet => packet.HeapCnt == (1L << 48) - 1)]);
            Assert.All(heap.Items, item => Assert.Equal(5, item.Id));
            Assert.Equal(packets[^2].Items.Skip(4).Select(item => item.Id),
                heap.Items.Select(item => new ReadPacket(heap.Payload.Span[(int)item.Value..]).Immediate(0x14)));
        }
    }

    [Fact]
    public void EndFinishesTheTimestampUnderWayAndStops()
    {
        // Two heaps have begun of the three that one timestamp has.
        var options = new SimulatorOptions
        {
            Instrument = Instrument.FEngine,
            Interleave = 4,
            Parameters = new Dictionary<string, long> { ["n_ants"] = 3 },
        };
        var simulator = new InstrumentSimulator(options);
        byte[] buffer = new byte[options.MaxPacketBytes];
        simulator.Next(buffer, out _);
        simulator.Next(buffer, out _);
        simulator.End();
        List<(byte[] Packet, PacketTag Tag)> rest = simulator.ReadAll();
        Assert.Equal(3, rest.Count(one => one.Tag.EndsHeap && one.Tag.Heap >= 0));
        Assert.Equal(3, simulator.Heaps);
        Assert.Equal(PacketTag.Control, rest[^1].Tag.Heap);
    }

    [Fact]
    public void SecondsBecomeHeapsAtTheRateGiven()
    {
        Assert.Equal(25, new InstrumentSimulator(new SimulatorOptions { Seconds = 2.5, HeapsPerSecond = 10 }).HeapsToSend);
        Assert.Equal(3, new InstrumentSimulator(new SimulatorOptions { Seconds = 1, RateGbps = 5192 * 8 * 3e-9 }).HeapsToSend);
    }

    [Fact]
    public void MakingPacketsAllocatesNothing()
    {
        var simulator = new InstrumentSimulator(new SimulatorOptions { Instrument = Instrument.FEngine, Interleave = 2 });
        byte[] buffer = new byte[simulator.MaxPacketBytes];
        for (int k = 0; k < 100; k++) simulator.Next(buffer, out _);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int k = 0; k < 1000; k++) simulator.Next(buffer, out _);
        }));
    }

    private static List<byte[]> Packets(SimulatorOptions options) =>
        [.. new InstrumentSimulator(options).ReadAll().Select(one => one.Packet)];
}
