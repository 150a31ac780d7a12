using System.Buffers.Binary;
using System.Net;
using Recv.Files;
using Recv.Sources;
using Recv.Sources.Memory;
using Recv.Sources.Pcap;
using Recv.Sources.Pcap.Recording;
using Recv.Sources.Udp;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Packets;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sinks;
using Recv.Tests.Support.Sources;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Sources.Pcap.Recording;

public sealed class CaptureRecorderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly EndpointRange Destination = EndpointRange.Parse("10.20.30.40:7148");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-record-");

    private string FileName => Path.Combine(_folder.FullName, "feed.pcapng");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void AFeedIsRecordedWithSendersAndTimes() => AssertRecorded("127.0.0.1");

    [HostFact(HostNeed.Ipv6Loopback)]
    public void AFeedOverIpv6IsRecordedWithSendersAndTimes() => AssertRecorded("::1");

    [ToolFact("tshark", "capinfos")]
    public void WiresharkReadsWhatWeRecord()
    {
        Record(Numbered(10), new RecordingOptions { File = FileName, WaitForDisk = true });
        string fields = HostProgram.Run("tshark", "-r", FileName, "-T", "fields", "-e", "udp.payload", "-e", "ip.dst", "-e", "udp.dstport",
            "-e", "ip.checksum.status", "-o", "ip.check_checksum:TRUE");
        Assert.Equal(
            Enumerable.Range(0, 10).Select(number => $"{number:x2}{new string('0', 2 * number)}\t10.20.30.40\t7148\t1"),
            fields.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        string info = HostProgram.Run("capinfos", "-M", FileName);
        Assert.Contains("Encapsulation = Raw IP", info, StringComparison.Ordinal);
        Assert.Contains("Time precision = nanoseconds", info, StringComparison.Ordinal);
        Assert.Contains("IP and UDP headers are rebuilt", info, StringComparison.Ordinal);
    }

    [ToolFact("tcpdump")]
    public void TcpdumpReadsWhatWeRecord()
    {
        Record(Numbered(10), new RecordingOptions { File = FileName, WaitForDisk = true });
        string[] lines = HostProgram.Run("tcpdump", "-r", FileName, "-n", "-v").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, lines.Count(line => line.Contains("> 10.20.30.40.7148: ", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Contains("bad cksum", StringComparison.Ordinal));
    }

    [Fact]
    public void PacketLimitRecordsExactlyThatMany()
    {
        Record(Numbered(100), new RecordingOptions { File = FileName, WaitForDisk = true, MaxPackets = 17 });
        Assert.Equal(17, Captured.ReadFile(FileName, Destination).Datagrams.Count);
    }

    [Fact]
    public void FilesTogetherAreNotLargerThanTheSizeThatIsGiven()
    {
        Record(Numbered(100), new RecordingOptions { File = FileName, WaitForDisk = true, MaxBytes = 5000 });
        Assert.InRange(new FileInfo(FileName).Length, 4000, 5000);
        Assert.Null(Captured.ReadFile(FileName, Destination).Damage);
    }

    [Fact]
    public void ARecordingEndsAfterItsTime()
    {
        using CaptureRecorder recorder = new(
            new UdpSource(SourceAddress.ParseList($"127.0.0.1:{LoopbackSender.FreePort()}")),
                new RecordingOptions { File = FileName, Duration = TimeSpan.FromMilliseconds(1) });
        recorder.Start();
        Assert.True(recorder.Wait(Patience));
        Assert.Null(recorder.Failure);
        Assert.Empty(Captured.ReadFile(FileName, null).Datagrams);
    }

    [Fact]
    public void FilesAreRotatedAndTheNewestKept()
    {
        byte[][] datagrams = Large(400);
        Record(datagrams, new RecordingOptions { File = FileName, WaitForDisk = true, RotateBytes = 1 << 20, BufferBytes = 1 << 18 });
        string[] files = Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal("feed-00001.pcapng", Path.GetFileName(files[0]));
        Assert.InRange(files.Length, 3, 6);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1000, 1 << 20));
        Assert.Equal(datagrams, files.SelectMany(file => Captured.ReadFile(file, Destination).Datagrams));

        Array.ForEach(files, File.Delete);
        Record(datagrams, new RecordingOptions
        {
            File = FileName,
            WaitForDisk = true,
            RotateBytes = 1 << 20,
            BufferBytes = 1 << 18,
            Files = 2
        });
        string[] kept = Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(files[^2..], kept);
        byte[][] newest = [.. kept.SelectMany(file => Captured.ReadFile(file, Destination).Datagrams)];
        Assert.Equal(datagrams[^newest.Length..], newest);
    }

    [Fact]
    public void ASlowDiskLosesByCountAndTheFileSaysWhere()
    {
        using ManualResetEventSlim disk = new();
        RecordingOptions options = new()
        {
            File = FileName,
            Buffers = 2,
            BufferBytes = 1 << 17,
            Open = file => new StalledStream(new FileStream(file, FileMode.Create), freeBytes: 2000, disk),
        };
        byte[][] datagrams = Large(200);
        using MemorySource memory = new(datagrams.Select(datagram => (ReadOnlyMemory<byte>)datagram));
        using CaptureRecorder recorder = new(memory, options, Destination);
        recorder.Start();
        // The source ends while the disk stands still; only two buffers' worth can have been taken.
        Eventually.Holds(() => recorder.Recorded + recorder.Lost == datagrams.Length, "everything was taken or lost");
        Assert.True(recorder.Lost > 0);
        disk.Set();
        Assert.True(recorder.Wait(Patience));
        Assert.Null(recorder.Failure);
        Assert.Equal(recorder.Recorded, Captured.ReadFile(FileName, Destination).Datagrams.Count);
        Assert.Equal(recorder.Lost, Dropped(FileName));
    }

    [Fact]
    public void ADatagramWhoseLengthsLieIsADropInTheFile()
    {
        CaptureBuilder capture = new();
        capture.Add(new CaptureBuilder.Frame(new byte[100]));
        capture.Add(new CaptureBuilder.Frame(new byte[100]) { UdpLength = 300 });
        capture.Add(new CaptureBuilder.Frame(new byte[100]));
        using TemporaryFile file = capture.ToFile();
        using CaptureRecorder recorder = new(new PcapSource(file.Path), new RecordingOptions { File = FileName, WaitForDisk = true });
        recorder.Start();
        Assert.True(recorder.Wait(Patience));
        Assert.Equal((2, 0, 1), (recorder.Recorded, recorder.Lost, recorder.Flawed));
        Assert.Equal(1, Dropped(FileName));
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(500_003)]
    public void AFullDiskIsAClearFailureAndTheFileStaysReadable(int room)
    {
        RecordingOptions options = new()
        {
            File = FileName,
            WaitForDisk = true,
            BufferBytes = 1 << 17,
            Open = file => new FullStream(new FileStream(file, FileMode.Create), room)
        };
        byte[][] datagrams = Large(200);
        using MemorySource memory = new(datagrams.Select(datagram => (ReadOnlyMemory<byte>)datagram));
        using CaptureRecorder recorder = new(memory, options, Destination);
        recorder.Start();
        Assert.True(recorder.Wait(Patience));
        Assert.True(FileRefusal.IsFull(recorder.Failure!));
        Captured captured = Captured.ReadFile(FileName, Destination);
        Assert.Null(captured.Damage);
        Assert.Equal(recorder.Recorded, captured.Datagrams.Count);
        Assert.Equal(datagrams[..captured.Datagrams.Count], captured.Datagrams);
        Assert.Equal(recorder.Bytes, new FileInfo(FileName).Length);
        // All but what the next datagram and the statistics would have taken.
        Assert.InRange(recorder.Bytes, room - 8192 - 512, room);
        Assert.InRange(recorder.Lost, 1, datagrams.Length - captured.Datagrams.Count);
        Assert.Equal(recorder.Lost, recorder.LostToFailure);
        Assert.Equal(recorder.Lost, StatisticsOf(FileName).Lost);
    }

    [Fact]
    public void AFolderThatIsNotThereIsAMistakeOfTheUser()
    {
        using MemorySource memory = new([]);
        using CaptureRecorder recorder = new(memory, new RecordingOptions { File = Path.Combine(_folder.FullName, "none", "feed.pcapng") });
        RecvException refusal = Assert.Throws<RecvException>(recorder.Start);
        Assert.Equal(RecvException.Usage, refusal.ExitCode);
        Assert.Contains("mkdir -p", refusal.Message, StringComparison.Ordinal);
    }

    private void AssertRecorded(string address)
    {
        IPAddress loopback = IPAddress.Parse(address);
        int port = LoopbackSender.FreePort();
        string text = address == "::1" ? $"[::1]:{port}" : $"{address}:{port}";
        long before = DateTime.UtcNow.Ticks;
        using (CaptureRecorder recorder = new(
            new UdpSource(SourceAddress.ParseList(text), new SourceOptions { Gro = false }),
                new RecordingOptions { File = FileName, MaxPackets = 3 }))
        {
            recorder.Start();
            using LoopbackSender sender = new(new IPEndPoint(loopback, port));
            for (byte i = 1; i <= 3; i++) sender.Send([i, .. new byte[i]]);
            Assert.True(recorder.Wait(Patience));
            Assert.Equal((3, 0, 0, 0), (recorder.Recorded, recorder.Lost, recorder.KernelDropped, recorder.Flawed));
        }
        using PcapSource source = new(FileName, EndpointRange.Parse(text));
        source.KeepOrigins();
        source.Open();
        Datagram[] batch = new Datagram[8];
        Assert.Equal(3, source.Receive(batch, wait: true));
        Assert.Equal([1, 2, 3], batch[..3].Select(datagram => (int)datagram.Span[0]));
        Assert.Equal([2, 3, 4], batch[..3].Select(datagram => datagram.Length));
        Assert.Equal(new IPEndPoint(loopback, port), source.OriginOf(0).Destination);
        Assert.Equal(loopback, source.OriginOf(0).Sender.Address);
        Assert.NotEqual(0, source.OriginOf(0).Sender.Port);
        long first = batch[0].ArrivalNanoseconds / 100 + DateTime.UnixEpoch.Ticks;
        Assert.InRange(first, before - TimeSpan.TicksPerMinute, DateTime.UtcNow.Ticks + TimeSpan.TicksPerMinute);
    }

    private static void Record(byte[][] datagrams, RecordingOptions options)
    {
        CaptureBuilder capture = new();
        foreach (byte[] datagram in datagrams) capture.Add(new CaptureBuilder.Frame(datagram));
        using TemporaryFile file = capture.ToFile();
        using CaptureRecorder recorder = new(new PcapSource(file.Path), options);
        recorder.Start();
        Assert.True(recorder.Wait(Patience));
        Assert.Null(recorder.Failure);
        Assert.Equal(0, recorder.Lost);
    }

    [Fact]
    public void FramesOnUnreadQueuesAreMarkedAsDropped()
    {
        using MemorySource memory = new([new byte[10], new byte[10]]);
        var losses = new SourceStatus(
            KernelDropped: 1, RingDropped: 20, Skipped: new Dictionary<string, long> { ["other_queue"] = 300, ["not_udp"] = 4000 });
        using CaptureRecorder recorder = new(new ScriptedSource(memory) { Losses = losses },
            new RecordingOptions { File = FileName, WaitForDisk = true }, Destination);
        recorder.Start();
        Assert.True(recorder.Wait(Patience));
        Assert.Equal((2, 321, 300), (recorder.Recorded, recorder.KernelDropped, recorder.OtherQueues));
        Assert.Equal(321, Dropped(FileName));
        Assert.Equal((0, 321), StatisticsOf(FileName));
    }

    [Fact]
    public void AFileThatTheDiskHasNoRoomToBeginIsNotLeftBehind()
    {
        RecordingOptions options = new()
        {
            File = FileName,
            WaitForDisk = true,
            RotateBytes = 1 << 20,
            BufferBytes = 1 << 18,
            Open = file => file.EndsWith("-00002.pcapng", StringComparison.Ordinal)
                ? new FullStream(new FileStream(file, FileMode.Create), 10) : NewFile.Open(file),
        };
        using MemorySource memory = new(Large(400).Select(datagram => (ReadOnlyMemory<byte>)datagram));
        using CaptureRecorder recorder = new(memory, options, Destination);
        recorder.Start();
        Assert.True(recorder.Wait(Patience));
        Assert.Contains("feed-00002.pcapng': no space is left there", recorder.Failure!.Message, StringComparison.Ordinal);
        string file = Assert.Single(Directory.GetFiles(_folder.FullName));
        Assert.Equal(recorder.Recorded, Captured.ReadFile(file, Destination).Datagrams.Count);
    }

    // The interface statistics block, the last of a file: type 5, and its options by code (pcapng, section 4.6).
    private static (long Lost, long KernelDropped) StatisticsOf(string file)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file);
        ReadOnlySpan<byte> block = bytes[^BinaryPrimitives.ReadInt32LittleEndian(bytes[^4..])..];
        Assert.Equal(5, BinaryPrimitives.ReadInt32LittleEndian(block));
        var counts = new Dictionary<int, long>();
        for (ReadOnlySpan<byte> option = block[20..]; BinaryPrimitives.ReadInt16LittleEndian(
            option) is not 0 and var code; option = option[12..])
            counts[code] = BinaryPrimitives.ReadInt64LittleEndian(option[4..]);
        return (counts[5], counts[7]);
    }

    private static long Dropped(string file)
    {
        using PcapSource source = new(file);
        source.Open();
        Datagram[] batch = new Datagram[8];
        while (!source.Ended) source.Receive(batch, wait: true);
        return source.Status.RingDropped;
    }

    private static byte[][] Numbered(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new byte[number + 1].With(0, (byte)number))];

    private static byte[][] Large(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new byte[8192].With(number % 8192, (byte)(number + 1)))];
}
