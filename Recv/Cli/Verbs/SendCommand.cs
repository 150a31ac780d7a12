using System.Globalization;
using Recv.Cli.Parsing;
using Recv.Simulate;
using Recv.Spead;
using Recv.Spead.Patterns;

namespace Recv.Cli.Verbs;

/// <summary><c>recv send</c>: the simulator on the wire.</summary>
internal static class SendCommand
{
    /// <summary>Sends until everything is sent or somebody asks to stop.</summary>
    public static int Run(SendOptions options)
    {
        using var signals = new StopSignals();
        SimulatorOptions simulator = ToSimulator(options);
        HostFault.RefuseSockets(simulator.Destinations.Length);
        using var sender = new UdpSender(simulator);
        sender.Start();
        signals.Call(sender.Stop);
        while (!sender.Wait(TimeSpan.FromSeconds(1))) Console.Error.WriteLine(Line(sender));
        signals.Dispose();
        Console.Out.WriteLine(Line(sender));
        if (Describe(sender.Faults) is { Length: > 0 } faults) Console.Out.WriteLine($"faults: {faults}");
        if (sender.Status.WasCut)
            Console.Error.WriteLine("recv: warning: at this --rate a heap takes far longer than --seconds: "
                + "the rest of it was not sent, nor a stop heap; raise either");
        return Complain(sender.Status);
    }

    /// <summary>Says what could not be sent.</summary>
    /// <returns>Exit code.</returns>
    public static int Complain(SenderStatus status)
    {
        if (status.Errors == 0) return 0;
        Console.Error.WriteLine($"recv: {status.Errors} packets could not be sent: {status.LastError}");
        return RecvException.Host;
    }

    /// <summary>What was done on purpose, each with its count; empty when nothing was.</summary>
    internal static string Describe(FaultCounts faults) => string.Join(", ", new (long Count, string What)[]
    {
        (faults.Lost, "packets lost"),
        (faults.Duplicated, "duplicated"),
        (faults.Reordered, "reordered"),
        (faults.Corrupted, $"corrupted ({faults.CorruptedHeaders} in their headers)"),
        (faults.Truncated, "truncated"),
        (faults.DelayedHeaps, $"heaps delayed ({faults.DelayedPackets} packets)"),
        (faults.ClockJumps, "clock jumps"),
    }.Where(fault => fault.Count > 0).Select(fault => $"{fault.Count} {fault.What}"));

    private static SimulatorOptions ToSimulator(SendOptions options)
    {
        string[] destinations = [.. options.Destinations];
        if (destinations.Length == 0) throw RecvException.BadUsage(
            "send: say where to with --dst ADDR:PORT, for example --dst 239.10.10.0:7148?if=lo");
        return new SimulatorOptions
        {
            Instrument = InstrumentOf(options.Instrument),
            Parameters = ToNumbers(NameValues.Parse(Setting.Set, options.Set)),
            Pattern = PatternOf(options.Pattern),
            Seed = options.Seed,
            Flavour = options.Flavour is null ? null : Flavour.Parse(options.Flavour),
            MaxPacketBytes = options.Packet,
            StartTimestamp = options.StartTimestamp,
            StartHeapCnt = options.StartHeapCnt,
            Heaps = options.Heaps,
            Seconds = options.Seconds,
            Interleave = options.Interleave,
            Descriptors = options.Descriptors,
            StopHeap = !options.NoStop,
            Faults = options.Faults is null ? new FaultOptions() : FaultOptions.Parse(options.Faults),
            Destinations = [.. destinations.SelectMany(UdpDestination.ParseList)],
            RateGbps = options.Rate,
            Segmentation = options.Segmentation,
        };
    }

    private static Instrument InstrumentOf(string? name) => name switch
    {
        "digitiser" => Instrument.Digitiser,
        "fengine" => Instrument.FEngine,
        "beam" => Instrument.Beam,
        "spead2" => Instrument.Spead2,
        "sps" => Instrument.Sps,
        null => throw RecvException.BadUsage("send: say what to simulate: digitiser, fengine, beam or spead2"),
        _ => throw RecvException.BadUsage($"send {name}: there is digitiser, fengine, beam and spead2"),
    };

    private static PatternKind? PatternOf(string? name) => name switch
    {
        null => null,
        "tone" => PatternKind.Tone,
        "noise" => PatternKind.Noise,
        "minstd" => PatternKind.Minstd,
        _ => throw RecvException.BadUsage($"--pattern {name}: there is tone, noise and minstd"),
    };

    private static Dictionary<string, long> ToNumbers(IReadOnlyDictionary<string, string> set) => set.ToDictionary(pair => pair.Key, pair =>
        long.TryParse(pair.Value, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw RecvException.BadUsage($"--set {pair.Key}={pair.Value}: the simulator takes whole numbers"));

    private static string Line(UdpSender sender)
    {
        SenderStatus status = sender.Status;
        return string.Create(
            CultureInfo.InvariantCulture,
                $"sent {sender.Simulator.Heaps:N0} heaps, {status.Packets:N0} packets, {status.Bytes / 1e6:N1} MB, "
                    + $"{status.AchievedGbps:F3} Gb/s");
    }
}
