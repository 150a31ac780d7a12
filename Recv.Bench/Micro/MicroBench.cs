using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Recv.Bench.Report;

namespace Recv.Bench.Micro;

/// <summary><c>micro</c>: the calls of the receive path, one by one.</summary>
internal static class MicroBench
{
    private static readonly Type[] Benchmarks =
    [
        typeof(DecodeBenchmark), typeof(PlaceBenchmark), typeof(WindowBenchmark), typeof(LedgerBenchmark), typeof(CopyBenchmark),
    ];

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(MicroOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        // In this process, with the runtime settings that Recv has; another would have to be restored and built first.
        Job job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
        if (!options.Thorough)
            job = job.WithWarmupCount(3).WithIterationCount(Math.Max(5, options.Rounds))
                .WithIterationTime(TimeInterval.FromMilliseconds(100));
        string artifacts = Directory.CreateTempSubdirectory("recv-micro-").FullName;
        try
        {
            IConfig config = ManualConfig.CreateEmpty()
                .AddJob(job).AddLogger(NullLogger.Instance).AddColumnProvider(DefaultColumnProviders.Instance)
                .AddFilter(new GlobFilter([options.Filter])).WithArtifactsPath(artifacts);
            Comparison[] rows = [.. Benchmarks.SelectMany(type => BenchmarkRunner.Run(type, config).Reports).Select(Row)];
            if (rows.Length == 0) throw RecvException.BadUsage($"--filter {options.Filter}: there is no such benchmark");
            new BenchResult("micro", machine,
                [new RunSetting("settings", "BenchmarkDotNet 0.14, in process; operations as described in Recv.Bench/Micro")], rows)
                    .Publish(options);
        }
        finally
        {
            Directory.Delete(artifacts, recursive: true);
        }
        return 0;
    }

    private static Comparison Row(BenchmarkReport report)
    {
        string name = report.BenchmarkCase.Descriptor.GetFilterName();
        // Without the namespace.
        name = name[(name.LastIndexOf('.', name.LastIndexOf('.') - 1) + 1)..];
        if (report.BenchmarkCase.HasParameters) name += $" ({report.BenchmarkCase.Parameters.DisplayInfo.Trim('[', ']')})";
        double[] runs = [.. report.GetResultRuns().Select(run => run.GetAverageTime().Nanoseconds)];
        return runs.Length == 0
            ? throw new InvalidOperationException($"{name} did not run")
            : new Comparison(name.Replace("Benchmark", "", StringComparison.Ordinal), "ns", new Series(runs)) { Number = "F1" };
    }
}
