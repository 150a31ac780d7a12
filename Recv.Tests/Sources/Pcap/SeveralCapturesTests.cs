using Recv.Sources;
using Recv.Sources.Pcap;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using static Recv.Tests.Support.Captures.CaptureBuilder;

namespace Recv.Tests.Sources.Pcap;

/// <summary>Captures in turn are one feed, and what is no capture of ours is named.</summary>
public sealed class SeveralCapturesTests : IDisposable
{
    private const int HeaderBytes = 24;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Two vectors of a few hundred frames, and one of long frames of which a batch holds few.
    [Theory]
    [InlineData("fengine-lost-packets", 3)]
    [InlineData("fengine-lost-packets", 29)]
    [InlineData("beam-group", 7)]
    [InlineData("digitiser-clean-10bit", 48)]
    public void ReportOfTheFilesIsThatOfTheWholeByteForByte(string vector, int files)
    {
        VectorScenario scenario = VectorScenarios.Load(vector);
        string whole = Report(scenario, [scenario.PcapPath]);
        Assert.Equal(whole, Report(scenario, Split(File.ReadAllBytes(scenario.PcapPath), files, "part")));
    }

    [Fact]
    public void ReportOfFilesLongerThanTheBufferIsThatOfTheWhole()
    {
        // The vector over and over: more than ten buffers, and ends of files anywhere in them.
        VectorScenario scenario = VectorScenarios.Load("fengine-clean-8872");
        byte[] long10 = OverAndOver(File.ReadAllBytes(scenario.PcapPath), 12 << 20);
        string file = Write("long", long10);
        string whole = Report(scenario, [file]);
        Assert.Equal(whole, Report(scenario, Split(long10, 23, "part")));
        Assert.Equal(whole, Report(scenario, Split(long10, 700, "piece")));
    }

    [ToolFact("editcap", "gzip")]
    public void FilesMayBeOfDifferentFormats()
    {
        VectorScenario scenario = VectorScenarios.Load("fengine-lost-packets");
        List<string> files = Split(File.ReadAllBytes(scenario.PcapPath), 3, "part");
        HostProgram.Run("editcap", "-F", "pcapng", files[1], files[1] + ".ng");
        HostProgram.Run("gzip", files[2]);
        Assert.Equal(Report(scenario, [scenario.PcapPath]), Report(scenario, [files[0], files[1] + ".ng", files[2] + ".gz"]));
    }

    [Fact]
    public void RotatedFilesOfRecvAreOneFeed()
    {
        VectorScenario scenario = VectorScenarios.Load("fengine-clean-8872");
        string file = Path.Combine(_folder.Path, "feed.pcapng");
        string feed = Write("long", OverAndOver(File.ReadAllBytes(scenario.PcapPath), 6 << 20));
        Assert.Equal(0, RecvInProcess.Run("capture", "pcap:" + feed, file, "--rotate", "1M").ExitCode);
        Assert.Equal(0, RecvInProcess.Run("capture", "pcap:" + feed, Path.Combine(_folder.Path, "whole.pcapng")).ExitCode);
        string[] rotated = [.. Directory.GetFiles(_folder.Path, "feed-*.pcapng").Order(StringComparer.Ordinal)];
        Assert.True(rotated.Length > 3);
        Assert.Equal(Report(scenario, [Path.Combine(_folder.Path, "whole.pcapng")]), Report(scenario, rotated));
        string page = string.Join('\n', RecvInProcess.Run(["inspect", .. rotated]).Output.Skip(1));
        Assert.Equal(string.Join('\n', RecvInProcess.Run("inspect", Path.Combine(_folder.Path, "whole.pcapng")).Output.Skip(1)), page);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CaptureBehindACaptureIsReadAndSaid(bool isPcapng)
    {
        byte[] first = new CaptureBuilder().Add(new Frame([1])).Add(new Frame([2])).Bytes;
        byte[] second = isPcapng
            ? new PcapngBuilder().Interface().Packet(new Frame([3]).Bytes(Ethernet)).Packet(new Frame([4]).Bytes(Ethernet)).Bytes
            : new CaptureBuilder(Raw, bigEndian: true, nanoseconds: true).Add(new Frame([3])).Add(new Frame([4])).Bytes;
        string joined = Write("joined", [.. first, .. second, .. first]);
        Captured captured = Captured.ReadFile(joined, null);
        Assert.Equal([[1], [2], [3], [4], [1], [2]], captured.Datagrams);
        Assert.Null(captured.Damage);
        IReadOnlyList<string> error = RecvInProcess.Run("inspect", joined).Error;
        Assert.Equal([first.Length, first.Length + second.Length], error.Select(line =>
            int.Parse(line.Split("at offset ")[1].Split(',')[0])));
        Assert.All(error, line => Assert.StartsWith($"recv: warning: capture '{joined}': another capture begins", line,
            StringComparison.Ordinal));
    }

    [Fact]
    public void AFileThatIsDamagedCostsWhatIsBehindTheDamageAndNoOtherFile()
    {
        byte[] first = new CaptureBuilder().Add(new Frame([1])).Add(new Frame([2])).Bytes;
        string[] files = [Write("a", first[..^1]), Write("b", new CaptureBuilder().Add(new Frame([3])).Bytes), Write("c", []), Write("d",
            first)];
        using PcapSource source = new(files);
        source.Open();
        Datagram[] batch = new Datagram[10];
        Assert.Equal(4, source.Receive(batch, wait: true));
        Assert.Equal([1, 3, 1, 2], batch[..4].Select(datagram => (int)datagram.Span[0]));
        Assert.Equal(0, source.Receive(batch, wait: true));
        Assert.True(source.Ended);
        Assert.Contains($"'{files[0]}' is damaged at offset", source.Damage, StringComparison.Ordinal);
        Assert.Contains($"'{files[2]}' is empty", source.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNoneIsFoundBeforeTheFirstIsRead()
    {
        string good = Write("good", new CaptureBuilder().Add(new Frame([1])).Bytes);
        foreach ((string bad, string why) in ((string, string)[])[("/nowhere/at-all", "does not exist"), (Write("text",
            "no capture at all"u8.ToArray()), "is not a capture")])
        {
            (int code, IReadOnlyList<string> output, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", good, good, bad);
            Assert.Equal(2, code);
            Assert.Empty(output);
            Assert.Contains(why, Assert.Single(error), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FilesInTheWrongOrderAreSaid()
    {
        string late = Write("f.pcap10", new CaptureBuilder().At(2000).Add(new Frame([2])).Bytes);
        string early = Write("f.pcap9", new CaptureBuilder().At(1000).Add(new Frame([1])).Bytes);
        Assert.Empty(RecvInProcess.Run("inspect", early, late).Error);
        Assert.Equal($"recv: warning: capture '{early}' begins 1000 s before the end of '{late}', "
            + "which is read before it: name captures in the order of their time (ls -v)",
            Assert.Single(RecvInProcess.Run("inspect", late, early).Error));
    }

    [Theory]
    [InlineData("a1b2cd3400020004000000000000000000040000", "Kuznetsov")]
    [InlineData("34cdb2a102000400000000000000000000000400", "Kuznetsov")]
    [InlineData("736e6f6f70000000000000020000000400000000", "Solaris (snoop)")]
    [InlineData("474d42550102000001000000000000000000000000", "Microsoft Network Monitor")]
    [InlineData("00000000000000010200001200000002aabb" + "00000000000000020200001200000002aabb", "Endace card (ERF)")]
    public void OtherFormatsAreNamedWithTheToolThatConvertsThem(string hex, string name)
    {
        string file = Write("other", Convert.FromHexString(hex));
        string error = Assert.Single(RecvInProcess.Run("inspect", file).Error);
        Assert.Contains(name, error, StringComparison.Ordinal);
        Assert.EndsWith($"convert it: editcap -F pcapng '{file}' NEW.pcapng", error, StringComparison.Ordinal);
    }

    [ToolTheory("editcap")]
    [InlineData("modpcap", "Kuznetsov")]
    [InlineData("snoop", "snoop")]
    [InlineData("netmon2", "Microsoft")]
    public void WhatEditcapWritesInOtherFormatsIsNamedAndConvertsBack(string format, string name)
    {
        string vector = VectorScenarios.Load("digitiser-clean-10bit").PcapPath;
        string other = Path.Combine(_folder.Path, "other"), back = Path.Combine(_folder.Path, "back");
        HostProgram.Run("editcap", "-F", format, vector, other);
        Assert.Contains(name, Assert.Single(RecvInProcess.Run("inspect", other).Error), StringComparison.Ordinal);
        HostProgram.Run("editcap", "-F", "pcapng", other, back);
        Assert.Equal(Captured.ReadFile(vector, null).Datagrams, Captured.ReadFile(back, null).Datagrams);
    }

    private static byte[] OverAndOver(byte[] capture, int bytes) =>
        [.. capture, .. Enumerable.Repeat(capture[HeaderBytes..], bytes / capture.Length).SelectMany(frames => frames)];

    private string Report(VectorScenario scenario, IReadOnlyList<string> files)
    {
        string report = Path.Combine(_folder.Path, "report.json");
        // The vector over and over runs back in time, which is said.
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(["replay", "--scenario", scenario.JsonPath, "--report", report,
            .. files]);
        Assert.DoesNotContain(error, line => !line.Contains("which is read before it", StringComparison.Ordinal));
        Assert.Equal(0, code);
        return File.ReadAllText(report);
    }

    /// <summary>Cuts a classic capture between its frames.</summary>
    private List<string> Split(byte[] capture, int files, string name)
    {
        List<int> starts = [];
        for (int at = HeaderBytes; at < capture.Length; at += 16 + BitConverter.ToInt32(capture, at + 8)) starts.Add(at);
        starts.Add(capture.Length);
        List<string> written = [];
        for (int i = 0; i < files; i++)
        {
            int begin = starts[(int)((long)(starts.Count - 1) * i / files)], end = starts[(int)((long)(starts.Count - 1) * (i
                + 1) / files)];
            written.Add(Write($"{name}{i:D4}", [.. capture.AsSpan(0, HeaderBytes), .. capture.AsSpan(begin, end - begin)]));
        }
        return written;
    }

    private string Write(string name, byte[] bytes)
    {
        string file = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
