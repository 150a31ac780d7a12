using CommandLine;
using CommandLine.Text;
using Recv.Bench.All;
using Recv.Bench.Bypass;
using Recv.Bench.Gpu;
using Recv.Bench.Guard;
using Recv.Bench.InMemory;
using Recv.Bench.Loopback;
using Recv.Bench.Micro;
using Recv.Bench.Receiving;
using Recv.Bench.Replay;
using Recv.Bench.Scaling;
using Recv.Bench.Scrape;
using Recv.Bench.Soak;
using Recv.Bench.Stalls;
using Recv.Bench.Waiting;
using Recv.Bench.Wakes;

namespace Recv.Bench;

/// <summary>From the arguments to a measurement.</summary>
internal static class BenchVerbs
{
    private static readonly Type[] Verbs =
    [
        typeof(MemoryOptions), typeof(LoopbackOptions), typeof(GcOptions), typeof(StartOptions), typeof(LatencyOptions),
        typeof(WaitingOptions), typeof(CheckOptions), typeof(ScalingOptions), typeof(BypassOptions), typeof(ScrapeOptions),
        typeof(SoakOptions), typeof(MicroOptions), typeof(AllOptions), typeof(ResultsOptions), typeof(GpuOptions), typeof(ReplayOptions),
        typeof(PathsOptions),
        typeof(ReceiveOptions), typeof(BypassReceiveOptions), typeof(SendOptions),
    ];

    /// <summary>Runs a verb.</summary>
    /// <returns>Exit code, as of <c>recv</c>.</returns>
    public static int Run(string[] args)
    {
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.CaseSensitive = true;
            settings.ParsingCulture = System.Globalization.CultureInfo.InvariantCulture;
        });
        ParserResult<object> result = parser.ParseArguments(args, Verbs);
        try
        {
            return result.MapResult(Execute, errors => Explain(result, [.. errors]));
        }
        catch (RecvException error)
        {
            Console.Error.WriteLine("Recv.Bench: " + error.Message);
            return error.ExitCode;
        }
    }

    private static int Execute(object options) => options switch
    {
        MemoryOptions memory => MemoryBench.Run(memory),
        PathsOptions paths => PathsBench.Run(paths),
        LoopbackOptions loopback => LoopbackBench.Run(loopback),
        GcOptions gc => GcBench.Run(gc),
        StartOptions start => StartBench.Run(start),
        LatencyOptions latency => LatencyBench.Run(latency),
        WaitingOptions waiting => WaitingBench.Run(waiting),
        CheckOptions check => CheckBench.Run(check),
        ScalingOptions scaling => ScalingBench.Run(scaling),
        BypassOptions bypass => BypassBench.Measure(bypass),
        ScrapeOptions scrape => ScrapeBench.Run(scrape),
        SoakOptions soak => SoakBench.Run(soak),
        MicroOptions micro => MicroBench.Run(micro),
        AllOptions all => AllBench.Run(all),
        ResultsOptions results => AllBench.Run(results),
        ReplayOptions replay => ReplayBench.Run(replay),
        GpuOptions gpu => GpuBench.Run(gpu),
        ReceiveOptions receive => ReceiveProcess.Run(receive),
        BypassReceiveOptions bypass => BypassReceiver.Run(bypass),
        SendOptions send => SendProcess.Run(send),
        _ => throw new InvalidOperationException($"no measurement for {options.GetType()}"),
    };

    private static int Explain(ParserResult<object> result, List<Error> errors)
    {
        bool asked = errors.Exists(error =>
            error is HelpVerbRequestedError or HelpRequestedError or VersionRequestedError);
        HelpText help = HelpText.AutoBuild(result, text =>
        {
            text.Heading = "Recv.Bench: how fast Recv is here, beside spead2";
            text.Copyright = "";
            text.AdditionalNewLineAfterOption = false;
            text.AddDashesToOption = true;
            text.MaximumDisplayWidth = 120;
            return HelpText.DefaultParsingErrorsHandler(result, text);
        }, example => example, verbsIndex: true);
        (asked ? Console.Out : Console.Error).WriteLine(help);
        return asked ? 0 : RecvException.Usage;
    }
}
