using System.Globalization;
using Recv.Bench.Report;

namespace Recv.Bench.All;

/// <summary>RESULTS.md.</summary>
internal static class ResultsPage
{
    /// <summary>Its lines.</summary>
    public static IEnumerable<string> Lines(Measured measured, IEnumerable<string> numbers, IEnumerable<string> notes)
    {
        Step[] steps = [.. Step.All.Where(step => measured[step.Name] is not null)];
        Machine machine = measured[steps[0].Name]!.Machine;
        yield return "# Results";
        yield return "";
        yield return "Written by `Recv.Bench all` from `results/*.json`, which have every single run; edit `results/notes.md` instead. "
            + "Medians with ranges;";
        yield return "ratios run by run, taken in turn on the same cores. README.md says what the measurements are.";
        yield return "";
        foreach (RunSetting setting in machine.Settings.Take(2)) yield return $"- {setting.Name}: {setting.Value}";
        yield return $"- system: Linux {machine.Kernel}, {machine.Runtime}";
        yield return "";
        yield return "## In short";
        yield return "";
        foreach (string line in numbers) yield return line;
        yield return "";
        yield return "## What was to be reached";
        yield return "";
        yield return "| what | measured | must | aim | verdict |";
        yield return "| --- | ---: | ---: | ---: | --- |";
        foreach (Target target in Target.Of(measured)) yield return target.Line;
        yield return "";
        foreach (string line in notes) yield return line;
        foreach (string line in steps.SelectMany(step => Section(step, measured[step.Name]!))) yield return line;
    }

    private static IEnumerable<string> Section(Step step, BenchResult result)
    {
        yield return "";
        yield return $"## {step.Title}";
        yield return "";
        yield return $"`{result.Command}`, "
            + result.Machine.Time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
            + $" UTC, {(result.Machine.Recv is { } recv ? $"Recv {recv[..Math.Min(recv.Length, 13)]}, " : "")}load "
            + $"{result.Machine.Load} at its start.";
        yield return "";
        foreach (RunSetting setting in result.Settings) yield return $"- {setting.Name}: {setting.Value}";
        yield return "";
        foreach (string line in ResultTable.Markdown(result)) yield return line;
        if (result.Remarks.Count == 0) yield break;
        yield return "";
        foreach (string remark in result.Remarks) yield return remark;
    }
}
