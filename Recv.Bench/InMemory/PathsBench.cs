using System.Globalization;
using Recv.Bench.Receiving;
using Recv.Bench.Report;

namespace Recv.Bench.InMemory;

/// <summary><c>paths</c>: rounds of <c>memory</c> in processes that are kept from wider vectors, in turn.</summary>
internal static class PathsBench
{
    private sealed record Work(CopyPath Path, string Case, string Unit, List<double> Values);

    /// <summary>Measures, prints, writes.</summary>
    public static int Run(PathsOptions options)
    {
        options.Check();
        Machine machine = Machine.Read();
        var works = new List<Work>();
        var lacking = new List<CopyPath>();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("recv-bench-");
        try
        {
            for (int round = 0; round < options.Rounds; round++)
            {
                foreach (CopyPath path in CopyPath.All.Except(lacking))
                {
                    BenchResult result = Round(path, options, Path.Combine(folder.FullName, "round.json"));
                    // The process says which copy it took: a processor without the widest vectors has nothing to show for them.
                    if (result.Machine.Copy != path.Name) lacking.Add(path);
                    else Add(works, path, result);
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        if (works.Count == 0) throw RecvException.HostRefused($"no copy of {string.Join(", ", CopyPath.All)} was taken here");
        new BenchResult("paths", machine, [.. Settings(options, lacking)], [.. Rows(works)]).Publish(options);
        return 0;
    }

    private static BenchResult Round(CopyPath path, PathsOptions options, string file)
    {
        using ChildProcess process = ChildProcess.Ours(options.Core, options.RoundArguments(file), path.Without);
        process.Output();
        return ResultFile.Read(file);
    }

    private static void Add(List<Work> works, CopyPath path, BenchResult result)
    {
        foreach (Comparison row in result.Rows)
        {
            Work? work = works.Find(each => each.Path == path && each.Case == row.Case);
            if (work is null) works.Add(work = new Work(path, row.Case, row.Unit, []));
            work.Values.AddRange(row.Recv.Values);
        }
    }

    private static IEnumerable<RunSetting> Settings(PathsOptions options, List<CopyPath> lacking)
    {
        FormattableString size =
            $"{options.Rounds} rounds of {options.Packets} million packets, cold {options.Cold} MiB, warm {options.Warm} MiB";
        yield return new RunSetting("settings", size.ToString(CultureInfo.InvariantCulture)
            + $" of packets, core {options.Core}, each run a process of its own, every byte compared beforehand");
        yield return new RunSetting("paths", string.Join(", ", CopyPath.All.Except(lacking)));
        if (lacking.Count > 0) yield return new RunSetting("not on this processor", string.Join(", ", lacking.Select(path => path.Name)));
    }

    // Beside one another what is to be compared, and each with the widest that the processor has.
    private static IEnumerable<Comparison> Rows(List<Work> works)
    {
        foreach (IGrouping<string, Work> same in works.GroupBy(work => work.Case))
        {
            Work widest = same.First();
            foreach (Work work in same)
            {
                var series = new Series(work.Values);
                var notes = new Dictionary<string, string>();
                if (work != widest) notes[$"time to {widest.Path.Name}"] = series.DividedBy(new Series(widest.Values)).Format("F2");
                yield return new Comparison($"{work.Case}, {work.Path.Name}", work.Unit, series) { Notes = notes };
            }
        }
    }
}
