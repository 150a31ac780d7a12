using System.Text.Json.Nodes;
using Recv.Cli.Parsing;
using Recv.Cli.View;
using Recv.Files;
using Recv.Inspect;
using Recv.Layouts;
using Recv.Service;
using Recv.Simulate.Playback;
using Recv.Sinks;
using Recv.Sinks.Report;
using Recv.Sources;

namespace Recv.Cli.Verbs;

/// <summary><c>recv replay</c>: a capture through the receiver.</summary>
internal static class ReplayCommand
{
    /// <summary>Runs the verb.</summary>
    public static int Run(ReplayOptions options)
    {
        string[] files = [.. options.Files];
        if (files.Length == 0) throw RecvException.BadUsage(
            "replay: name the capture: recv replay FILE.pcap --layout NAME, or --scenario FILE.json FILE.pcap");
        if (options.To is not null) return PlaybackCommand.Run(options);
        if (options.Rate != 0 || options.RealTime is not null || options.Loop != 1 || options.MaxGap != PlaybackOptions.DefaultMaxGap)
            throw RecvException.BadUsage(
                "replay: --rate, --realtime, --max-gap and --loop are for sending; say where to with --to ADDR:PORT");
        // Before anything is opened: a signal that comes meanwhile ends the replay as one that comes later, with its ledger.
        using var signals = new StopSignals();
        string? reportFile = options.Report;
        // Found out now rather than after an hour.
        if (reportFile is not null && reportFile != "-") CheckWritable(reportFile);

        ReplayPlan plan = options.Scenario is null ? FromOptions(options) : ScenarioFile.Read(options.Scenario);
        var sources = plan.Destinations.Select(destination => SourceFactory.OfCaptures(files, destination)).ToList();
        ReportSink? report = reportFile is null ? null : new ReportSink();
        List<IChunkSink> sinks = [.. SinkFactory.Create(options.Sinks, defaultSink: report is null ? "null" : null)];
        if (report is not null) sinks.Add(report);
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. sources.Select((source, i) => new ReceiverInput(source, plan.Layouts[i].Resolve().Instance))],
            Sinks = sinks,
            Stream = plan.Stream,
            Chunks = options.Chunks,
            Overrun = ReceiveOptions.ParseOverrun(options.Overrun),
            Time = options.ToTimePolicy("hold"),
            AdcRate = options.ToAdcRate(),
            SyncTime = options.ToSyncTime(),
            Replay = true,
        });
        signals.Call(receiver.RequestStop);
        receiver.Start();
        Progress.Follow(receiver);
        // What is left cannot be stopped half-way: a signal ends it as usual.
        signals.Dispose();
        TextWriter page = reportFile is "-" || reportFile is not null && StandardStreams.IsOutput(reportFile) ? Console.Error : Console.Out;
        HeapList? heaps = plan.ListsHeaps ? HeapList.Read(files, plan.Destinations[0], plan.PatternBytes) : null;
        if (report is not null)
        {
            JsonObject json = ReplayReport.Build(receiver, report);
            if (heaps is not null) ReplayReport.Add(json, heaps);
            Write(reportFile!, json);
        }
        // The streams of a group read the same captures.
        foreach (string warning in sources.SelectMany(source => source.Warnings).Distinct())
            Console.Error.WriteLine("recv: warning: " + warning);
        int code = FinalReport.Print(receiver, options.FailOnLoss, page);
        return heaps is { Verified: > 0 } ? Verified(heaps, code, page) : code;
    }

    private static int Verified(HeapList heaps, int code, TextWriter page)
    {
        page.WriteLine($"spead2_send --verify: {heaps.Verified} heaps compared with its pattern, {heaps.Wrong} wrong");
        return code == 0 && heaps.Wrong > 0 ? RecvException.Loss : code;
    }

    private static ReplayPlan FromOptions(ReplayOptions options)
    {
        if (options.Layout is null) throw RecvException.BadUsage(
            "replay: say where heaps go with --layout NAME (`recv layouts` lists them) or --scenario FILE.json");
        var destinations = options.Destinations.Select(Destination).ToList();
        IReadOnlyDictionary<string, string> set = NameValues.Parse(Setting.Set, options.Set);
        if (destinations.Count == 0) return new ReplayPlan(
            [null], [new LayoutChoice(options.Layout, set, Nothing)], options.ToStreamOptions());
        return new ReplayPlan(
            [.. destinations.Select(destination => destination.Destination)],
            [.. destinations.Select(destination => new LayoutChoice(options.Layout, set,
                destination.Constants.ToDictionary(constant => constant.Key, constant => $"{constant.Value}")))],
            options.ToStreamOptions());
    }

    private static SourceAddress Destination(string text)
    {
        SourceAddress address = SourceAddress.Parse(text);
        return address.Kind == SourceKind.Udp ? address
            : throw RecvException.BadUsage($"--dst {text}: name an address and port of the capture, as in 239.10.10.0+7:7148");
    }

    private static Dictionary<string, string> Nothing => [];

    private static void CheckWritable(string file)
    {
        bool isThere = Path.Exists(file);
        try
        {
            File.Open(file, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            if (!isThere) File.Delete(file);
        }
        catch (Exception error) when (FileRefusal.Is(error))
        {
            throw FileRefusal.Write($"--report {file}", file, error);
        }
    }

    private static void Write(string file, JsonObject report)
    {
        string text = ReplayReport.ToText(report);
        if (file == "-") Console.Out.Write(text);
        else
        {
            try
            {
                File.WriteAllText(file, text);
            }
            catch (Exception error) when (FileRefusal.Is(error))
            {
                throw FileRefusal.Write($"--report {file}", file, error);
            }
        }
    }
}
