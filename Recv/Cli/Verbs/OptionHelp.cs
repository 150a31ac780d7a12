using System.Globalization;
using System.Reflection;
using Recv.Service;
using Recv.Simulate;
using Recv.Simulate.Playback;
using Recv.Sources;
using Recv.Streams;

namespace Recv.Cli.Verbs;

/// <summary>Help for options that set a property of an options record: its effect and its default, as the record has them.</summary>
/// <remarks>Public because CommandLineParser looks texts up in public types only. <b>Threading:</b> immutable.</remarks>
public static class OptionHelp
{
    private static readonly StreamOptions Stream = new();
    private static readonly ReceiverOptions Receiver = new() { Inputs = [] };
    private static readonly SourceOptions Source = new();
    private static readonly SimulatorOptions Simulator = new();
    private static readonly PlaybackOptions Playback = new() { Files = [], To = [] };

    public static string MaxChunks => Of(Stream, nameof(Stream.MaxChunks));

    public static string MaxHeaps => Of(Stream, nameof(Stream.MaxHeaps));

    public static string Substreams => Of(Stream, nameof(Stream.Substreams));

    public static string AllowOutOfOrder => Of(Stream, nameof(Stream.AllowOutOfOrder));

    public static string StopOnStopItem => Of(Stream, nameof(Stream.StopOnStopItem));

    public static string PacketPresence => Of(Stream, nameof(Stream.PacketPresenceBytes));

    public static string Chunks => Of(Receiver, nameof(Receiver.Chunks));

    public static string AdcRate => Of(Receiver, nameof(Receiver.AdcRate));

    public static string SyncTime => Of(Receiver, nameof(Receiver.SyncTime));

    public static string Buffer => Of(Source, nameof(Source.BufferBytes));

    public static string Wait => Of(Source, nameof(Source.Wait));

    public static string Packet => Of(Simulator, nameof(Simulator.MaxPacketBytes));

    public static string Seed => Of(Simulator, nameof(Simulator.Seed));

    public static string StartTimestamp => Of(Simulator, nameof(Simulator.StartTimestamp));

    public static string StartHeapCnt => Of(Simulator, nameof(Simulator.StartHeapCnt));

    public static string Interleave => Of(Simulator, nameof(Simulator.Interleave));

    public static string Rate => Of(Playback, nameof(Playback.RateGbps));

    public static string Realtime => Of(Playback, nameof(Playback.Speed));

    public static string MaxGap => Of(Playback, nameof(Playback.MaxGap));

    public static string Loop => Of(Playback, nameof(Playback.Loops));

    private static string Of(object options, string property)
    {
        PropertyInfo found = options.GetType().GetProperty(property)!;
        string effect = found.GetCustomAttribute<EffectAttribute>()!.Text;
        return found.GetValue(options) switch
        {
            // A switch is off, and what is null says itself what then happens.
            null or false or Enum => effect,
            long bytes when property.EndsWith("Bytes", StringComparison.Ordinal) && bytes >= 1 << 20 =>
                $"(Default: {bytes >> 20}M) {effect}",
            object value => string.Create(CultureInfo.InvariantCulture, $"(Default: {value}) {effect}"),
        };
    }
}
