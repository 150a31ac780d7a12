using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Recv.Cli.Verbs.Run;
using Recv.Cli.View;
using Recv.Layouts;
using Recv.Service;
using Recv.Simulate;
using Recv.Sinks.Gpu.Host;
using Recv.Sinks.Verify;
using Recv.Sources;
using Recv.Streams;

namespace Recv.Cli.Verbs;

/// <summary><c>recv demo</c>: everything at once on this host, with nothing to prepare.</summary>
internal static class DemoCommand
{
    // An organisation-local group (RFC 2365) on the loopback interface: nothing leaves this host.
    private const string Group = "239.255.71.48";
    private const double UsualGbps = 1.0;
    // A busy laptop looks away for tens of milliseconds now and then: so long a stall fits the socket buffer,
    // and this many chunks (20 ms each at the usual rate) wait for the sink.
    private const double StallSeconds = 0.1;
    private const int Chunks = 32;
    // The spectrum is a picture: a look at one chunk of eight leaves the processor to the packets.
    private const int SpectrumEvery = 8;
    private const int SpectraPerChunk = 64;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly IPEndPoint UsualHttp = new(IPAddress.Loopback, 9488);

    /// <summary>Runs the demonstration.</summary>
    public static int Run(DemoOptions options)
    {
        if (options.Seconds is not (> 0 and <= 86400)) throw RecvException.BadUsage(
            $"--seconds {options.Seconds}: give more than 0 and at most 86400");
        if (options.Rate is not (null or (> 0 and <= 1000))) throw RecvException.BadUsage(
            $"--rate {options.Rate}: give Gb/s, more than 0 and at most 1000");
        // Before chunks are allocated: whoever stops the start gets the end that any run has.
        using var signals = new StopSignals();
        string feed = string.Create(CultureInfo.InvariantCulture, $"{Group}:{FreePort()}?if=lo");
        var spectrum = new HostSpectrum(SpectraPerChunk);
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [new ReceiverInput(
                SourceFactory.Create(SourceAddress.ParseList(feed)), LayoutCatalog.Resolve("meerkat-digitiser").Instance)],
            Sinks = [new VerifySink(new VerifyOptions()), new HostSink("host", SpectrumEvery, spectrum)],
            Stream = new StreamOptions { StopOnStopItem = true },
            Chunks = Chunks,
        });
        HttpEndpoint? http = StartHttp(options.Http, receiver);
        int code;
        try
        {
            receiver.Start();
            RunCommand.Announce(receiver, http);
            code = Send(options, feed, receiver, signals);
        }
        finally
        {
            http?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        SpectrumView.Print(spectrum, receiver.Shape, Console.Out);
        return Math.Max(code, FinalReport.Print(receiver, failOnLoss: true, Console.Out));
    }

    private static int Send(DemoOptions options, string feed, Receiver receiver, StopSignals signals)
    {
        double rate = options.Rate ?? AffordableGbps(receiver.Sources.First().Status.BufferGrantedBytes);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"recv: simulating a digitiser: 2 polarisations, 10-bit samples, {rate:0.###} Gb/s for {options.Seconds:0.###} s"));
        using var sender = new UdpSender(new SimulatorOptions
        {
            Instrument = Instrument.Digitiser,
            RateGbps = rate,
            Heaps = WholeChunks(receiver.Shape, rate, options.Seconds),
            Destinations = [.. UdpDestination.ParseList(feed)],
        });
        sender.Start();
        signals.Call(sender.Stop);
        Timer fallback = EndAfter(sender, receiver);
        Progress.Follow(receiver, () => [new("sent", Progress.Number(sender.Status.Packets))]);
        // Waits for a callback under way: it must not touch the receiver later.
        fallback.DisposeAsync().AsTask().GetAwaiter().GetResult();
        signals.Dispose();
        SenderStatus sent = sender.Status;
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Sent {sent.Packets:N0} packets, {sent.AchievedGbps:F3} Gb/s"));
        return SendCommand.Complain(sent);
    }

    // The stop heap ends the receiver; should it get lost, this does.
    private static Timer EndAfter(UdpSender sender, Receiver receiver)
    {
        bool endedBefore = false;
        return new Timer(_ =>
        {
            if (endedBefore) receiver.RequestStop();
            endedBefore = sender.Status.HasEnded;
        }, null, Grace, Grace);
    }

    // Whole chunks, so that nothing looks missing at the end.
    private static long WholeChunks(LayoutShape shape, double gbps, double seconds)
    {
        double heaps = gbps * 1e9 / 8 / shape.HeapBytes * seconds;
        return Math.Max(1, (long)(heaps / shape.ChunkHeaps)) * shape.ChunkHeaps;
    }

    /// <summary>
    /// Rate at which a socket buffer of <paramref name="grantedBytes"/> takes a stall without loss, at most the usual
    /// one.
    /// </summary>
    /// <remarks>Payload is about half of what the kernel accounts for a packet.</remarks>
    internal static double AffordableGbps(long grantedBytes) => Math.Min(UsualGbps, grantedBytes / 2 * 8e-9 / StallSeconds);

    private static HttpEndpoint? StartHttp(string? wanted, Receiver receiver)
    {
        if (wanted is not null) return HttpEndpoint.ParseAddress(wanted) is IPEndPoint named ? HttpEndpoint.Start(named, receiver) : null;
        try
        {
            return HttpEndpoint.Start(UsualHttp, receiver);
        }
        catch (RecvException)
        {
            Console.Error.WriteLine($"recv: warning: {UsualHttp} is taken, metrics are on another port");
            return HttpEndpoint.Start(new IPEndPoint(IPAddress.Loopback, 0), receiver);
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
