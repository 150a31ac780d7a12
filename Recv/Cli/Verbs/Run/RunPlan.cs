using System.Globalization;
using System.Net;
using Recv.Cli.Parsing;
using Recv.Layouts;
using Recv.Rings;
using Recv.Sensors;
using Recv.Service;
using Recv.Sinks;
using Recv.Sources;

namespace Recv.Cli.Verbs.Run;

/// <summary>What <c>run</c> will do: its options read and checked, nothing allocated, opened or listened on.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> sensors; sources and sinks until a receiver has them.</remarks>
internal sealed class RunPlan : IDisposable
{
    private RunPlan(RunOptions options, IReadOnlyList<SourceAddress>[] streams)
    {
        Http = HttpEndpoint.ParseAddress(options.Http);
        Katcp = ListenAddress.Parse(Setting.Katcp, options.Katcp, "127.0.0.1:7147");
        Host = new HostWishes(options, streams.Length);
        Sockets = streams.SelectMany(addresses => addresses).Sum(address => address.Sockets);
        IReadOnlyDictionary<string, string> set = NameValues.Parse(Setting.Set, options.Set);
        var receiver = new ReceiverOptions
        {
            Inputs = [.. streams.Select((addresses, i) => Input(options.Layout!, set, addresses, Host, i))],
            Sinks = [.. SinkFactory.Create(options.Sinks, "null")],
            Stream = options.ToStreamOptions(),
            Chunks = options.Chunks,
            Memory = Host.Chunks,
            Overrun = Overrun(options.Overrun, streams),
            Time = options.ToTimePolicy("resync"),
            AdcRate = options.ToAdcRate(),
            SyncTime = options.ToSyncTime(),
            FlushIdle = TimeSpan.FromSeconds(options.FlushIdle),
        };
        LayoutShape shape = receiver.Check().Shape;
        if (shape.Clock is { } clock) Sensors = new ReceiverSensors(shape, clock);
        else if (Katcp is not null)
            throw RecvException.BadUsage(
                "--katcp: sensors tell the time of the data; give --adc-rate and --sync-time, or a layout that has both")
                    .For(Setting.Katcp);
        Receiver = Sensors is null ? receiver : receiver with { Observers = [Sensors] };
    }

    /// <summary>What the receiver is built from.</summary>
    public ReceiverOptions Receiver { get; }

    /// <summary>What is asked of the host.</summary>
    public HostWishes Host { get; }

    /// <summary>How many the streams open.</summary>
    public int Sockets { get; }

    /// <summary>Where HTTP is served, or null.</summary>
    public IPEndPoint? Http { get; }

    /// <summary>Where katcp is served, or null.</summary>
    public IPEndPoint? Katcp { get; }

    /// <summary>Sensors, where timestamps convert to time.</summary>
    public ReceiverSensors? Sensors { get; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="RecvException">One of them is wrong (2), or a file cannot be read (3).</exception>
    public static RunPlan Of(RunOptions options)
    {
        if (options.Layout is null) throw RecvException.BadUsage("run: say where heaps go with --layout NAME; `recv layouts` lists them");
        IReadOnlyList<SourceAddress>[] streams = About(Setting.Src, () => StreamSplit.Of([.. options.Sources], options.Streams));
        if (streams.Length == 0)
            throw RecvException.BadUsage("run: say where datagrams come from, for example --src 239.10.10.0+7:7148?if=eth0");
        if (options.FlushIdle is not (>= 0 and <= 86400))
            throw RecvException.BadUsage($"--flush-idle {options.FlushIdle}: give seconds from 0 (never) to 86400").For(Setting.FlushIdle);
        About(Setting.Src, () =>
        {
            RefuseTwice([.. streams.SelectMany(addresses => addresses)]);
            return streams;
        });
        return new RunPlan(options, streams);
    }

    /// <summary>For a plan that is not carried out.</summary>
    public void Abandon()
    {
        foreach (ReceiverInput input in Receiver.Inputs) input.Source.Dispose();
        foreach (IChunkSink sink in Receiver.Sinks) sink.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Sensors?.Dispose();

    // A failure that does not say what it is about is about this.
    private static T About<T>(Setting setting, Func<T> step)
    {
        try
        {
            return step();
        }
        catch (RecvException failure)
        {
            throw failure.For(setting);
        }
    }

    // Each datagram would come once to each socket, and each heap count twice. The queues of one --src share its text.
    private static void RefuseTwice(IReadOnlyList<SourceAddress> addresses)
    {
        SourceAddress? twice = addresses.Where(address => address.IsLive)
            .GroupBy(address => (address.Text, address.Queue)).FirstOrDefault(same => same.Count() > 1)?.First();
        if (twice is not null) throw RecvException.BadUsage($"--src {twice.Text}: is given twice; each address belongs to one stream")
            .For(Setting.Src);
        SourceOverlap.Refuse(addresses);
    }

    private static ReceiverInput Input(
        string layout, IReadOnlyDictionary<string, string> set, IReadOnlyList<SourceAddress> addresses, HostWishes host, int stream)
    {
        var constants = SourceAddress.ConstantsOf(addresses)
            .ToDictionary(constant => constant.Key, constant => constant.Value.ToString(CultureInfo.InvariantCulture));
        CompiledLayout compiled = About(Setting.Layout, () => LayoutCatalog.Resolve(layout, set, constants));
        IPacketSource Source() => SourceFactory.Create(addresses, host.SocketOf(stream));
        return new ReceiverInput(About(Setting.Src, Source), compiled.Instance, host.CoreOf(stream), host.Priority) { Another = Source };
    }

    // A file waits for its reader, so that no chunk of it need be lost.
    private static OverrunPolicy Overrun(string? named, IReadOnlyList<SourceAddress>[] streams) => named is null
        ? Array.TrueForAll(streams, addresses => !addresses[0].IsLive) ? OverrunPolicy.Block : OverrunPolicy.DropOldest
        : ReceiveOptions.ParseOverrun(named);
}
