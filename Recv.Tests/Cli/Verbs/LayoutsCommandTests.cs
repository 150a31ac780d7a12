using Recv.Layouts;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Cli.Verbs;

public sealed class LayoutsCommandTests
{
    [Theory]
    [InlineData("layouts")]
    [InlineData("layouts", "list")]
    public void ListNamesEveryLayoutWithItsSizes(params string[] arguments)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(arguments);
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.All(LayoutCatalog.Names, name => Assert.Contains(output, line => line.StartsWith(name + " ", StringComparison.Ordinal)));
        Assert.Contains("meerkat-digitiser      5.0 KiB    512   2.5 MiB  pol[2] × time[256]", output);
    }

    [Fact]
    public void PrintedLayoutWorks()
    {
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run("layouts", "show", "meerkat-digitiser");
        Assert.Equal(0, code);
        using var file = new TemporaryFile([]);
        string yaml = file.Path + ".yaml";
        File.WriteAllLines(yaml, output);
        (int validated, IReadOnlyList<string> says, _) = RecvInProcess.Run("layouts", "validate", yaml);
        File.Delete(yaml);
        Assert.Equal((0, $"{yaml}: fine; 512 heaps of 5.0 KiB make a chunk of 2.5 MiB"), (validated, Assert.Single(says)));
    }

    [Fact]
    public void ShowAppliesTheParametersThatAreSet()
    {
        (_, IReadOnlyList<string> output, _) = RecvInProcess.Run("layouts", "show", "meerkat-fengine", "--set", "n_ants=80");
        Assert.Contains(output, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["#", "n_ants", "80"]);
        Assert.Contains(output, line => line.Contains("time[32] × antenna[80]", StringComparison.Ordinal));
    }

    [Fact]
    public void ValidateLooksAtEveryLayoutEvenAfterABadOne()
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(
            "layouts", "validate", "nolayout", "spead2-send", "none.yaml");
        Assert.Equal(2, code);
        Assert.StartsWith("spead2-send: fine", Assert.Single(output), StringComparison.Ordinal);
        Assert.Equal(2, error.Count);
    }

    [Fact]
    public void ValidateWithoutNamesLooksAtThoseBuiltIn()
    {
        (int code, IReadOnlyList<string> output, _) = RecvInProcess.Run("layouts", "validate");
        Assert.Equal((0, LayoutCatalog.Names.Length), (code, output.Count));
    }
}
