using System.Text.Json.Nodes;
using Recv.Layouts;
using Recv.Service;
using Recv.Sinks;
using Recv.Sinks.Report;
using Recv.Sources;
using Recv.Sources.Pcap;

namespace Recv.Cli;

/// <summary><c>recv replay</c>: a capture through the receiver.</summary>
internal static class ReplayCommand
{
    /// <summary>Runs the verb.</summary>
    public static int Run(ReplayOptions options)
    {
        if (options.File is null) throw RecvException.BadUsage("replay: name the capture: recv replay FILE.pcap --layout NAME, or --scenario FILE.json FILE.pcap");
        string? reportFile = options.Report;
        // Found out now rather than after an hour.
        if (reportFile is not null && reportFile != "-") CheckWritable(reportFile);

        ReplayPlan plan = options.Scenario is null ? FromOptions(options) : ScenarioFile.Read(options.Scenario);
        var sources = plan.Destinations.Select(destination => new PcapSource(options.File, destination)).ToList();
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
        receiver.Start();
        using (var signals = new StopSignals(receiver.RequestStop)) Progress.Follow(receiver);
        if (report is not null) Write(reportFile!, ReplayReport.Build(receiver, report));
        return FinalReport.Print(receiver, options.FailOnLoss, reportFile == "-" ? Console.Error : Console.Out);
    }

    private static ReplayPlan FromOptions(ReplayOptions options)
    {
        if (options.Layout is null) throw RecvException.BadUsage("replay: say where heaps go with --layout NAME (`recv layouts` lists them) or --scenario FILE.json");
        var destinations = options.Destinations.Select(Destination).ToList();
        IReadOnlyDictionary<string, string> set = NameValues.Parse("--set", options.Set);
        if (destinations.Count == 0) return new ReplayPlan([null], [new LayoutChoice(options.Layout, set, Nothing)], options.ToStreamOptions());
        return new ReplayPlan(
            [.. destinations.Select(destination => destination.Destination)],
            [.. destinations.Select(destination => new LayoutChoice(options.Layout, set,
                destination.Constants.ToDictionary(constant => constant.Key, constant => $"{constant.Value}")))],
            options.ToStreamOptions());
    }

    private static SourceAddress Destination(string text)
    {
        SourceAddress address = SourceAddress.Parse(text);
        return address.Kind == SourceKind.Udp ? address : throw RecvException.BadUsage($"--dst {text}: name an address and port of the capture, as in 239.10.10.0+7:7148");
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
