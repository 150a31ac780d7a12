using System.Text.Encodings.Web;
using System.Text.Json;
using Recv.Doctor;

namespace Recv.Cli.Verbs;

/// <summary><c>recv doctor</c>: findings about the host.</summary>
internal static class DoctorCommand
{
    // Read by people, too: quotes and ampersands stay as they are.
    private static readonly JsonSerializerOptions Plain = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Looks and tells.</summary>
    /// <returns>0 when there is no problem, 1 when there is.</returns>
    public static int Run(DoctorOptions options)
    {
        if (options.Rate is not (> 0 and <= 10_000))
            throw RecvException.BadUsage($"--rate {options.Rate}: give Gb/s above 0, up to 10000");
        if (options is { Try: true, Interface: null })
            throw RecvException.BadUsage("--try: name the interface that may be disturbed, with --if");
        var host = new HostFacts { Rate = options.Rate, Interface = options.Interface, MayTry = options.Try };
        IReadOnlyList<Finding> findings = Checkup.Look(host);
        int problems = findings.Count(finding => finding.Level == FindingLevel.Problem);
        if (options.Json) PrintJson(findings, problems == 0);
        else Print(findings, problems);
        return problems == 0 ? 0 : RecvException.Loss;
    }

    private static void Print(IReadOnlyList<Finding> findings, int problems)
    {
        foreach (Finding finding in findings.OrderByDescending(finding => finding.Level))
        {
            Console.Out.WriteLine($"{finding.Level.ToString().ToLowerInvariant(),-8} {finding.Name}: {finding.What}");
            if (finding.Why.Length > 0) Console.Out.WriteLine($"         why: {finding.Why}");
            if (finding.Fix is not null) Console.Out.WriteLine($"         fix: {finding.Fix}");
        }
        int advice = findings.Count(finding => finding.Level == FindingLevel.Advice);
        Console.Out.WriteLine(problems == 0
            ? $"This host is fit to receive; {Advice(advice)}."
            : $"{problems} {(problems == 1 ? "problem" : "problems")}, {Advice(advice)}.");
    }

    private static string Advice(int count) => count == 1 ? "1 piece of advice" : $"{count} pieces of advice";

    private static void PrintJson(IReadOnlyList<Finding> findings, bool isFit) => Console.Out.WriteLine(JsonSerializer.Serialize(new
    {
        fit = isFit,
        findings = findings.Select(finding => new
        {
            name = finding.Name,
            level = finding.Level.ToString().ToLowerInvariant(),
            what = finding.What,
            why = finding.Why,
            fix = finding.Fix,
        }),
    }, Plain));
}
