using System.Globalization;
using Recv.Cli.Parsing;
using Recv.Cli.View;
using Recv.Files;
using Recv.Sources;
using Recv.Sources.Pcap.Recording;

namespace Recv.Cli.Verbs;

/// <summary><c>recv capture</c>: a feed into pcapng files.</summary>
internal static class CaptureCommand
{
    /// <summary>Records until the source ends, a limit is reached or somebody asks to stop.</summary>
    public static int Run(CaptureOptions options)
    {
        if (options.Source is null || options.File is null)
            throw RecvException.BadUsage(
                "capture: name a source and a file, for example recv capture 239.10.10.0+7:7148?if=eth0 feed.pcapng");
        string file = FileOf(options.File, options.Rotate);
        // Before the file is begun: whoever stops a recording gets one that is ended as a file should be.
        using var signals = new StopSignals();
        IReadOnlyList<SourceAddress> addresses = SourceAddress.ParseList(options.Source);
        IPacketSource source = SourceFactory.Create(addresses, SocketOptions(options));
        using var recorder = new CaptureRecorder(source, ToRecording(options, file, source), addresses[0].Destination);
        recorder.Start();
        signals.Call(recorder.RequestStop);
        Console.Error.WriteLine($"recv: recording {source.Name} into {recorder.CurrentFile}");
        foreach (string warning in source.Warnings) Console.Error.WriteLine("recv: warning: " + warning);
        while (!recorder.Wait(TimeSpan.FromSeconds(1))) Console.Error.WriteLine(Line(recorder));
        return Report(recorder, source, options.FailOnLoss, StandardStreams.IsOutput(file) ? Console.Error : Console.Out);
    }

    private static readonly string[] Packers = [".gz", ".bz2", ".xz", ".zst", ".lz4"];

    private static string FileOf(string file, string? rotate)
    {
        if (file == "-" || StandardStreams.IsOutput(file))
            return rotate is null ? StandardStreams.Output
                : throw RecvException.BadUsage("--rotate: standard output (-) is one file; name a file, or leave it out");
        if (Array.Exists(Packers, end => file.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
            throw RecvException.BadUsage($"capture '{file}': a recording is not compressed; name it {file[..file.LastIndexOf('.')]} "
                + "and compress it afterwards, or give - and a pipe: recv capture SOURCE - | gzip > FILE.gz");
        return file;
    }

    private static RecordingOptions ToRecording(CaptureOptions options, string file, IPacketSource source)
    {
        if (options.Seconds is { } seconds && !(seconds is > 0 and <= 1e9))
            throw RecvException.BadUsage($"--seconds {seconds.ToString(CultureInfo.InvariantCulture)}: give more than 0");
        int bufferBytes = new RecordingOptions { File = "" }.BufferBytes;
        return new RecordingOptions
        {
            File = file,
            Duration = options.Seconds is { } limit ? TimeSpan.FromSeconds(limit) : null,
            MaxPackets = options.Packets,
            MaxBytes = options.Size is null ? null : ByteSize.Parse(Setting.Size, options.Size),
            RotateBytes = options.Rotate is null ? null : ByteSize.Parse(Setting.Rotate, options.Rotate),
            Files = options.Files,
            // Of a smaller file several buffers must fit into one, or it would never be filled well.
            BufferBytes = options.Rotate is null ? bufferBytes : bufferBytes / 4,
            Buffers = Buffers(options.Memory, options.Rotate is null ? bufferBytes : bufferBytes / 4),
            WaitForDisk = !source.IsLive,
        };
    }

    private static int Buffers(string memory, int bufferBytes) =>
        (int)Math.Clamp(ByteSize.Parse(Setting.Memory, memory) / bufferBytes, 2, 1 << 20);

    // Without GRO each datagram has a time of its own, and the kernel counts its drops in datagrams.
    private static SourceOptions SocketOptions(CaptureOptions options) => options.Buffer is null
        ? new SourceOptions { Gro = false }
        : new SourceOptions { Gro = false, BufferBytes = ByteSize.Parse(Setting.Buffer, options.Buffer), BufferRequired = true };

    private static int Report(CaptureRecorder recorder, IPacketSource source, bool failOnLoss, TextWriter page)
    {
        page.WriteLine(Line(recorder));
        foreach ((string reason, long frames) in source.Status.NotOurs)
            page.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"skipped {reason}: {frames:N0} frames not addressed to this stream"));
        int code = 0;
        if (recorder.Failure is { } failure)
        {
            RecvException refusal = failure as RecvException ?? FileRefusal.Write($"capture '{recorder.CurrentFile}'",
                recorder.CurrentFile, failure);
            Console.Error.WriteLine($"recv: {Words.Of(refusal)}; {Kept(recorder)}");
            code = refusal.ExitCode;
        }
        if ((source.Failure ?? source.Damage) is { } damage)
        {
            Console.Error.WriteLine("recv: " + damage);
            if (code == 0) code = RecvException.Host;
        }
        long lost = recorder.Lost + recorder.KernelDropped + recorder.Flawed;
        if (!failOnLoss || lost == 0 || code != 0) return code;
        Console.Error.WriteLine($"recv: {lost} datagrams are not in the recording; failing because of --fail-on-loss");
        return RecvException.Loss;
    }

    private static string Kept(CaptureRecorder recorder) => recorder.Recorded == 0 ? "nothing was recorded" : string.Create(
        CultureInfo.InvariantCulture,
        $"the {recorder.Recorded} datagrams until then are kept and can be read, {recorder.LostToFailure} after them are lost");

    private static string Line(CaptureRecorder recorder) => string.Create(CultureInfo.InvariantCulture,
        $"recorded {recorder.Recorded:N0} datagrams, {recorder.Bytes / 1e6:N1} MB in {recorder.Files} "
        + $"file{(recorder.Files == 1 ? "" : "s")}; lost {Lost(recorder)}, kernel_dropped {recorder.KernelDropped:N0}, flawed "
        + $"{recorder.Flawed:N0}")
        + (recorder.OtherQueues == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
            $"; {recorder.OtherQueues:N0} of the dropped came on queues that SOURCE does not name: xdp:IFACE/0-N"));

    /// <summary>How many, and why: what there was none of is not spoken of.</summary>
    private static string Lost(CaptureRecorder recorder)
    {
        bool isFull = recorder.Failure is { } failure && FileRefusal.IsFull(failure.InnerException ?? failure);
        long refused = recorder.LostToFailure;
        return string.Join(", ", new (long Count, string Why)[]
        {
            (recorder.Lost - refused, "disk too slow"),
            (refused, isFull ? "disk full" : "file cannot be written"),
        }.Where(loss => loss.Count > 0)
            .Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Count:N0} ({loss.Why})")).DefaultIfEmpty("0"));
    }
}
