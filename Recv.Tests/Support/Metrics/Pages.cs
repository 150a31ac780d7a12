using System.Globalization;

namespace Recv.Tests.Support.Metrics;

/// <summary>Reads numbers off a page of metrics.</summary>
internal static class Pages
{
    /// <summary>The value of a whole-number sample, named with its labels as they are written.</summary>
    public static long Value(string page, string sample) => long.Parse(Text(page, sample), CultureInfo.InvariantCulture);

    /// <summary>The value of a sample as it is written.</summary>
    public static string Text(string page, string sample)
    {
        string[] found = [.. page.Split('\n').Where(line => line.StartsWith(sample + " ", StringComparison.Ordinal))];
        Assert.True(found.Length == 1, $"{found.Length} samples '{sample}' on the page:\n{page}");
        return found[0][(sample.Length + 1)..];
    }

    /// <summary>All samples of a name, with labels or without.</summary>
    public static IReadOnlyList<string> Samples(string page, string name) =>
        [.. page.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))];

    /// <summary>The values of all samples of a name added up.</summary>
    public static long Sum(string page, string name) =>
        Samples(page, name).Sum(line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
