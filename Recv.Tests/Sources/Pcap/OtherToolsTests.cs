using System.Diagnostics;
using System.Net;
using Recv.Ledger;
using Recv.Sources;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Pcap;

/// <summary>What programs that are not ours write is read: each format and link layer by the tool that makes it.</summary>
public sealed class OtherToolsTests : IDisposable
{
    private static readonly EndpointRange Destination = EndpointRange.Parse("10.20.30.40:7148");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-tools-");

    private static string Vector(string name) => Path.Combine(AppContext.BaseDirectory, "Vectors", name + ".pcap");

    public void Dispose() => _folder.Delete(recursive: true);

    [ToolFact("editcap")]
    public void EveryFormatOfEditcapThatWeReadGivesTheSameDatagrams()
    {
        Captured classic = Captured.ReadFile(Vector("capture-noise"), Destination);
        foreach (string format in (string[])["pcap", "nsecpcap", "pcapng"])
        {
            HostProgram.Run("editcap", "-F", format, Vector("capture-noise"), File("noise"));
            AssertSame(classic, Captured.ReadFile(File("noise"), Destination));
        }
    }

    [ToolFact("editcap")]
    public void EditcapSnapsAndWeCountIt()
    {
        HostProgram.Run("editcap", "-F", "pcapng", "-s", "200", Vector("digitiser-clean-10bit"), File("short"));
        Captured captured = Captured.ReadFile(File("short"), Destination);
        Assert.Equal(48, captured.Flaws.Count);
        Assert.All(captured.Flaws, flaw => Assert.Equal(Outcome.TruncatedCapture, flaw));
    }

    [ToolFact("editcap", "mergecap")]
    public void MergecapJoinsLinkLayersInOneFile()
    {
        HostProgram.Run("mergecap", "-a", "-F", "pcapng", "-w", File("both"), Vector("pcap-linux-sll"), Vector("digitiser-clean-10bit"));
        Captured both = Captured.ReadFile(File("both"), Destination);
        Assert.Equal(
            [.. Captured.ReadFile(Vector("pcap-linux-sll"), Destination).Datagrams,
                .. Captured.ReadFile(Vector("digitiser-clean-10bit"), Destination).Datagrams],
            both.Datagrams);
    }

    [ToolFact("tshark")]
    public void TsharkWritesPcapngWhichIsReadPlainAndPacked()
    {
        HostProgram.Run("tshark", "-r", Vector("fengine-clean-64-32"), "-w", File("again"), "-F", "pcapng");
        Captured classic = Captured.ReadFile(Vector("fengine-clean-64-32"), Destination);
        AssertSame(classic, Captured.ReadFile(File("again"), Destination));
        AssertSame(classic, Captured.Read(Gzip.Pack(System.IO.File.ReadAllBytes(File("again"))), Destination));
    }

    [ToolFact("gzip")]
    public void CapturePackedByGzipIsRead()
    {
        System.IO.File.Copy(Vector("digitiser-clean-10bit"), File("copy"));
        HostProgram.Run("gzip", "-9", File("copy"));
        AssertSame(Captured.ReadFile(Vector("digitiser-clean-10bit"), Destination), Captured.ReadFile(File("copy") + ".gz", Destination));
    }

    [ToolFact("text2pcap")]
    public void RawIpOfText2pcapIsRead()
    {
        byte[] ip = new CaptureBuilder.Frame([1, 2, 3]).Bytes(CaptureBuilder.Raw);
        System.IO.File.WriteAllText(File("hex"), "0000 " + string.Join(' ', ip.Select(one => one.ToString("x2"))) + "\n");
        foreach (int linkType in (int[])[101, 228])
        {
            HostProgram.Run("text2pcap", "-l", $"{linkType}", "-F", "pcapng", File("hex"), File("raw"));
            Assert.Equal([1, 2, 3], Assert.Single(Captured.ReadFile(File("raw"), Destination).Datagrams));
        }
    }

    [ToolFact("tcpdump", NeedsRoot = true)]
    public void TcpdumpRecordsLoopbackAndWeReadIt() => Record("tcpdump", "lo", ["-U", "-i", "lo"]);

    // The pseudo-device of all interfaces: LINUX_SLL2 in newer versions of tcpdump, the older kind by request.
    [ToolFact("tcpdump", NeedsRoot = true)]
    public void TcpdumpRecordsAllInterfacesAsSll2() => Record("tcpdump", "any", ["-U", "-i", "any", "-y", "LINUX_SLL2"]);

    [ToolFact("tcpdump", NeedsRoot = true)]
    public void TcpdumpRecordsAllInterfacesAsSll() =>
        Record("tcpdump", "any", ["-U", "-i", "any", "-y", "LINUX_SLL", "--time-stamp-precision=nano"]);

    [ToolFact("dumpcap", NeedsRoot = true)]
    public void DumpcapRecordsPcapngWithStatistics() => Record("dumpcap", "lo", ["-i", "lo"]);

    private void Record(string tool, string device, string[] options)
    {
        int port = LoopbackSender.FreePort();
        string file = File("live");
        string[] filter = tool == "tcpdump" ? [$"udp dst port {port}"] : ["-f", $"udp dst port {port}"];
        using Process recorder = HostProgram.Start(tool, [.. options, "-w", file, .. filter]);
        try
        {
            Task<string> said = recorder.StandardError.ReadToEndAsync();
            using LoopbackSender sender = new(new IPEndPoint(IPAddress.Loopback, port));
            // It listens at some time after its start; from the first datagram that is in the file it has them all.
            Eventually.Holds(() =>
            {
                sender.Send([0]);
                if (recorder.HasExited) throw new InvalidOperationException($"{tool} on {device}: {said.Result}");
                return Given(file, port).Count > 0;
            }, $"{tool} records");
            for (byte number = 1; number <= 20; number++) sender.Send([number, 7]);
            Eventually.Holds(() => Given(file, port).Count(datagram => datagram.Length == 2) >= 20, $"{tool} has recorded all");
            HostProgram.Run("kill", "-INT", $"{recorder.Id}");
            recorder.WaitForExit();
        }
        finally
        {
            if (!recorder.HasExited) recorder.Kill();
        }
        // On the pseudo-device each datagram is seen on its way out and on its way in.
        List<byte[]> numbered = [.. Given(file, port).Where(datagram => datagram.Length == 2)];
        Assert.Equal(Enumerable.Range(1, 20), numbered.Select(datagram => (int)datagram[0]).Distinct());
    }

    private static List<byte[]> Given(string file, int port)
    {
        if (!System.IO.File.Exists(file) || new FileInfo(file).Length < 64) return [];
        return Captured.ReadFile(file, EndpointRange.Parse($"127.0.0.1:{port}")).Datagrams;
    }

    private static void AssertSame(Captured expected, Captured actual)
    {
        Assert.Equal(expected.Datagrams, actual.Datagrams);
        Assert.Equal(expected.Flaws, actual.Flaws);
        Assert.Equal(expected.FirstArrival, actual.FirstArrival);
        Assert.Equal(expected.Skipped, actual.Skipped);
        Assert.Null(actual.Damage);
    }

    private string File(string name) => Path.Combine(_folder.FullName, name);
}
