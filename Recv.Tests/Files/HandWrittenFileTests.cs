using System.Diagnostics;
using Recv.Files;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Layouts;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Files;

/// <summary>Layouts, scenarios and configurations are files of a bounded size, whatever their names lead to.</summary>
public sealed class HandWrittenFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("layout '{0}'", "endless.yaml", "layouts", "validate")]
    [InlineData("layout '{0}'", "endless.yml", "replay", "x.pcap", "--layout")]
    [InlineData("scenario '{0}'", "endless.json", "replay", "x.pcap", "--scenario")]
    [InlineData("--config {0}", "endless.yaml", "run", "--config")]
    public void ADeviceIsNotReadThroughALinkWithTheRightName(string what, string name, params string[] command)
    {
        string link = Path.Combine(_folder.Path, name);
        File.CreateSymbolicLink(link, "/dev/zero");
        AssertRefused(string.Format(what, link) + " is a device or a pipe; name a file", [.. command, link]);
    }

    [ToolFact("mkfifo")]
    public void APipeThatNobodyWritesIntoIsNotWaitedFor()
    {
        string pipe = Path.Combine(_folder.Path, "pipe.yaml");
        using (var mkfifo = Process.Start("mkfifo", [pipe])) mkfifo.WaitForExit();
        AssertRefused("is a device or a pipe; name a file", "layouts", "validate", pipe);
        AssertRefused("is a device or a pipe; name a file", "replay", "x.pcap", "--scenario", pipe);
        AssertRefused("is a device or a pipe; name a file", "run", "--config", pipe);
    }

    [Theory]
    [InlineData("large.yaml", "layouts", "validate")]
    [InlineData("large.json", "replay", "x.pcap", "--scenario")]
    [InlineData("large.yaml", "run", "--config")]
    public void AFileThatIsTooLargeIsRefusedByItsLength(string name, params string[] command)
    {
        string large = Path.Combine(_folder.Path, name);
        // Without blocks on the disk, and far more than a string can hold.
        using (FileStream file = File.Create(large)) file.SetLength(1L << 36);
        AssertRefused("68719476736 bytes, where 1048576 are the most", [.. command, large]);
    }

    [Fact]
    public void ALinkToAFileIsRead()
    {
        string file = Path.Combine(_folder.Path, "text"), link = Path.Combine(_folder.Path, "link.yaml");
        File.WriteAllText(file, TestLayout.Minimal);
        File.CreateSymbolicLink(link, file);
        Assert.Equal(TestLayout.Minimal, HandWrittenFile.Read("layout", link));
        // Has no length, but an end.
        Assert.NotEmpty(HandWrittenFile.Read("layout", "/proc/self/status"));
    }

    private static void AssertRefused(string says, params string[] arguments)
    {
        (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run(arguments);
        Assert.Single([.. output, .. error], line => line.Contains(says, StringComparison.Ordinal));
        Assert.Equal(RecvException.Usage, code);
    }
}
