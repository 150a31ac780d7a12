using System.Globalization;
using System.Net;
using Recv.Layouts;
using Recv.Memory;
using Recv.Rings;
using Recv.Service;
using Recv.Sources;
using Recv.Sources.Udp;

namespace Recv.Cli;

/// <summary><c>recv run</c>: the service.</summary>
internal static class RunCommand
{
    /// <summary>Runs the verb until the feed ends or somebody asks to stop.</summary>
    public static int Run(RunOptions options)
    {
        if (options.Layout is null) throw RecvException.BadUsage("run: say where heaps go with --layout NAME; `recv layouts` lists them");
        IReadOnlyList<SourceAddress>[] streams = StreamSplit.Of([.. options.Sources], options.Streams);
        if (streams.Length == 0) throw RecvException.BadUsage("run: say where datagrams come from, for example --src 239.10.10.0+7:7148?if=eth0");
        if (options.FlushIdle is not (>= 0 and <= 86400)) throw RecvException.BadUsage($"--flush-idle {options.FlushIdle}: give seconds from 0 (never) to 86400");
        IPEndPoint? http = HttpEndpoint.ParseAddress(options.Http);
        var host = new HostWishes(options, streams.Length);
        IReadOnlyDictionary<string, string> set = NameValues.Parse("--set", options.Set);
        using var receiver = new Receiver(new ReceiverOptions
        {
            Inputs = [.. streams.Select((addresses, i) => Input(options.Layout, set, addresses, host, i))],
            Sinks = [.. SinkFactory.Create(options.Sinks, "null")],
            Stream = options.ToStreamOptions(),
            Chunks = options.Chunks,
            Memory = host.Chunks,
            Overrun = Overrun(options.Overrun, streams),
            Time = options.ToTimePolicy("resync"),
            AdcRate = options.ToAdcRate(),
            SyncTime = options.ToSyncTime(),
            FlushIdle = TimeSpan.FromSeconds(options.FlushIdle),
        });
        if (host.Warning is string warning) Console.Error.WriteLine("recv: warning: " + warning);
        return Serve(receiver, http, options.FailOnLoss);
    }

    private static int Serve(Receiver receiver, IPEndPoint? http, bool failOnLoss)
    {
        HttpEndpoint? endpoint = http is null ? null : HttpEndpoint.Start(http, receiver);
        try
        {
            using var signals = new StopSignals(receiver.RequestStop);
            receiver.Start();
            Announce(receiver, endpoint);
            Progress.Follow(receiver);
        }
        finally
        {
            endpoint?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        return FinalReport.Print(receiver, failOnLoss, Console.Out);
    }

    /// <summary>Says on stderr what was granted and where to look.</summary>
    public static void Announce(Receiver receiver, HttpEndpoint? endpoint)
    {
        foreach (IPacketSource source in receiver.Sources)
        {
            long buffer = source.Status.BufferGrantedBytes;
            // The port may be the usual one, which nobody wrote.
            string port = source is UdpSource { LocalEndpoints: [IPEndPoint first, ..] } && !source.Name.Contains($":{first.Port}", StringComparison.Ordinal)
                ? $" on port {first.Port}" : "";
            string granted = buffer == 0 ? "" : $", buffer {ByteSize.Format(buffer)}";
            Console.Error.WriteLine($"recv: receiving {source.Name}{port} as {receiver.Shape.Name}{granted}");
            foreach (string remark in (source as ISourceRemarks)?.Remarks ?? []) Console.Error.WriteLine("recv: " + remark);
            if (source is UdpSource { Warning: string warning }) Console.Error.WriteLine("recv: warning: " + warning);
        }
        Console.Error.WriteLine($"recv: copying payload by {PayloadCopy.Path}{Naps(receiver)}");
        if (endpoint is not null) Console.Error.WriteLine($"recv: metrics at {endpoint.Address}/metrics");
    }

    private static string Naps(Receiver receiver)
    {
        int[] naps = [.. receiver.Sources.OfType<UdpSource>().Select(source => source.NapMicroseconds).Where(nap => nap != 0).Distinct()];
        return naps.Length == 0 ? "" : $", napping {string.Join(" and ", naps)} us";
    }

    private static ReceiverInput Input(
        string layout, IReadOnlyDictionary<string, string> set, IReadOnlyList<SourceAddress> addresses, HostWishes host, int stream)
    {
        var constants = SourceAddress.ConstantsOf(addresses)
            .ToDictionary(constant => constant.Key, constant => constant.Value.ToString(CultureInfo.InvariantCulture));
        CompiledLayout compiled = LayoutCatalog.Resolve(layout, set, constants);
        return new ReceiverInput(
            SourceFactory.Create(addresses, host.SocketOf(stream)), compiled.Instance, host.CoreOf(stream), host.Priority);
    }

    // A file waits for its reader, so that no chunk of it need be lost.
    private static OverrunPolicy Overrun(string? named, IReadOnlyList<SourceAddress>[] streams) => named is null
        ? Array.TrueForAll(streams, addresses => addresses[0].Kind == SourceKind.Pcap) ? OverrunPolicy.Block : OverrunPolicy.DropOldest
        : ReceiveOptions.ParseOverrun(named);
}
