using System.Collections.ObjectModel;
using System.Net;

namespace Recv.Sources;

/// <summary>
/// Gives batches of datagrams. Knows nothing of SPEAD. One source belongs to one stream and one thread.
/// </summary>
/// <remarks>
/// <para>The cycle is <see cref="Open"/>, then <see cref="Receive"/> and <see cref="Release"/> in turn. A source joins
/// fragments and splits super-packets (UDP GRO), so that each <see cref="Datagram"/> is contiguous and whole.</para>
/// <para><b>Threading:</b> all on the receive thread, except <see cref="Wake"/>, <see cref="Status"/> and <see cref="Failure"/>,
/// which any thread may call at any time until <see cref="IDisposable.Dispose"/>. After <see cref="Open"/>, nothing here
/// allocates or throws for what the network sends.</para>
/// <para><b>Owns:</b> its buffers and descriptors.</para>
/// </remarks>
public interface IPacketSource : IDisposable
{
    /// <summary>The longest that <see cref="Receive"/> waits.</summary>
    static TimeSpan LongestWait => TimeSpan.FromMilliseconds(100);

    /// <summary>How the user wrote it, for messages: <c>udp:239.10.10.0+7:7148</c>.</summary>
    string Name { get; }

    /// <summary>The most datagrams that one <see cref="Receive"/> can give, so how long its span should be.</summary>
    int MaxBatch { get; }

    /// <summary>Binds, joins and arms: from here on the kernel queues datagrams for us.</summary>
    /// <exception cref="RecvException">The host refused (exit code 3), with what to do.</exception>
    void Open();

    /// <summary>Fills the front of <paramref name="batch"/>.</summary>
    /// <param name="batch">At least one element. What does not fit is given by the next call.</param>
    /// <param name="wait">True: waits for the first datagram, at most 100 ms. False: only what is there.</param>
    /// <returns>Datagrams given; 0 when none came, on <see cref="Wake"/> and at the end.</returns>
    int Receive(Span<Datagram> batch, bool wait);

    /// <summary>Gives back the memory of the last batch.</summary>
    void Release();

    /// <summary>True when no datagram can come any more: the end of a file, of a queue.</summary>
    bool Ended { get; }

    /// <summary>Whether datagrams come when their sender sends them. False for what can be read at any pace: a capture.</summary>
    bool IsLive => true;

    /// <summary>Why it has ended although nobody ended the feed, in one line that says what to do: a device that is gone, a library that
    /// gave up. Null otherwise.</summary>
    string? Failure => null;

    /// <summary>What is wrong with what it has read, in one line that says where: a capture that is cut. After the end; null when all is
    /// well.</summary>
    string? Damage => null;

    /// <summary>What the host granted, for people, a line each without a full stop; empty before <see cref="Open"/>.</summary>
    IReadOnlyList<string> Remarks => [];

    /// <summary>What the host granted only in part, with what to do about it, a line each; empty before <see cref="Open"/>.</summary>
    IReadOnlyList<string> Warnings => [];

    /// <summary>Address and port of each socket or group, once open; tells the kernel's choice where port 0 was asked.</summary>
    IReadOnlyList<IPEndPoint> LocalEndpoints => [];

    /// <summary>What this host would refuse to <see cref="Open"/>, a line each, as far as that is known without opening anything.</summary>
    /// <exception cref="RecvException">Any host would refuse (exit code 3).</exception>
    IReadOnlyList<string> ForeseeRefusals() => [];

    /// <summary>Brings the counts of what was dropped before us up to date: what was dropped behind the last datagram shows only when it
    /// is asked for. On the receive thread, or after it.</summary>
    void ReadDrops()
    {
    }

    /// <summary>Makes a waiting <see cref="Receive"/> return.</summary>
    void Wake();

    /// <summary>What the source and the kernel below it know of losses and buffers, as of the last publication.</summary>
    SourceStatus Status { get; }
}

/// <summary>What a source knows of losses before us and of its buffers.</summary>
/// <param name="KernelDropped">Dropped by the kernel for want of socket buffer since <see cref="IPacketSource.Open"/>.</param>
/// <param name="KernelDropsAreBuffers">True when <paramref name="KernelDropped"/> (UDP GRO) or <paramref name="RingDropped"/> (GSO,
/// packet rings) counts buffers of several datagrams each.</param>
/// <param name="RingDropped">Dropped because a ring shared with the kernel was full.</param>
/// <param name="BufferAskedBytes">Receive buffer asked for, all sockets together; 0 where there is none.</param>
/// <param name="BufferGrantedBytes">Receive buffer granted (what the kernel really accounts), all sockets together.</param>
/// <param name="HasRing">Whether it reads a ring, so that <paramref name="RingDropped"/> means something when it is 0.</param>
/// <param name="ReceiveErrors">System calls that failed for another reason than having nothing to give; the source goes on.</param>
/// <param name="LastReceiveError">The last of them in words, or null.</param>
/// <param name="NapMicroseconds">How long it sleeps when it found nothing, once open; 0 when it does not nap.</param>
/// <param name="Skipped">Frames seen but not ours, by reason: other destinations, other protocols.</param>
/// <param name="Gauges">What only this kind of source has to tell: modes granted, the kernel's counts in detail.</param>
/// <param name="LongestAway">The longest between two looks of the receive thread at what the kernel has for us, as far as this kind
/// of source can tell.</param>
/// <param name="Decapsulated">Frames of ours that came inside something else, by what that is: vxlan, gre, mpls.</param>
public readonly record struct SourceStatus(
    long KernelDropped = 0,
    bool KernelDropsAreBuffers = false,
    long RingDropped = 0,
    long BufferAskedBytes = 0,
    long BufferGrantedBytes = 0,
    bool HasRing = false,
    long ReceiveErrors = 0,
    string? LastReceiveError = null,
    int NapMicroseconds = 0,
    IReadOnlyDictionary<string, long>? Skipped = null,
    IReadOnlyDictionary<string, long>? Gauges = null,
    TimeSpan LongestAway = default,
    IReadOnlyDictionary<string, long>? Decapsulated = null)
{
    /// <summary>The reason of <see cref="Skipped"/> that is loss: for us, on queues of the card that no source reads.</summary>
    public const string OtherQueueReason = "other_queue";

    /// <summary>Frames for us on queues of the card that no source reads.</summary>
    public long OtherQueues => Skipped?.GetValueOrDefault(OtherQueueReason) ?? 0;

    /// <summary>All that was lost before it reached us.</summary>
    public long DroppedBefore => KernelDropped + RingDropped + OtherQueues;

    /// <summary>Frames seen that were not ours, by reason, those that occurred.</summary>
    public IEnumerable<KeyValuePair<string, long>> NotOurs =>
        (Skipped ?? ReadOnlyDictionary<string, long>.Empty).Where(reason => reason.Value > 0 && reason.Key != OtherQueueReason);

    /// <summary>What begins the names of <see cref="Gauges"/> that count frames for other ports.</summary>
    internal const string OtherPortPrefix = "other_port_";

    /// <summary>The ports of frames for other destinations, in words behind their count; empty when none is known.</summary>
    public string OtherPorts => OtherPortsOf([this]);

    /// <summary>The same, of several sources.</summary>
    public static string OtherPortsOf(IEnumerable<SourceStatus> sources)
    {
        string[] ports = [.. sources.SelectMany(source => source.Gauges ?? ReadOnlyDictionary<string, long>.Empty)
            .Where(gauge => gauge.Key.StartsWith(OtherPortPrefix, StringComparison.Ordinal))
            .GroupBy(gauge => gauge.Key[OtherPortPrefix.Length..], gauge => gauge.Value).OrderByDescending(port => port.Sum())
            .Take(MostPorts).Select(port => $"{port.Key}: {port.Sum()}")];
        return ports.Length == 0 ? "" : $", of these to port {string.Join(", ", ports)}";
    }

    // So that a line stays a line.
    private const int MostPorts = 6;

    /// <summary>The same, of a source that took the place of another: what was lost goes on counting.</summary>
    public SourceStatus After(in SourceStatus before) => this with
    {
        KernelDropped = KernelDropped + before.KernelDropped,
        KernelDropsAreBuffers = KernelDropsAreBuffers || before.KernelDropsAreBuffers,
        RingDropped = RingDropped + before.RingDropped,
        ReceiveErrors = ReceiveErrors + before.ReceiveErrors,
        LastReceiveError = LastReceiveError ?? before.LastReceiveError,
        Skipped = Sum(Skipped, before.Skipped),
        Decapsulated = Sum(Decapsulated, before.Decapsulated),
        LongestAway = LongestAway > before.LongestAway ? LongestAway : before.LongestAway,
    };

    private static IReadOnlyDictionary<string,
        long>? Sum(IReadOnlyDictionary<string, long>? counts, IReadOnlyDictionary<string, long>? before)
    {
        if (counts is null || before is null) return counts ?? before;
        return counts.Concat(before).GroupBy(count => count.Key).ToDictionary(of => of.Key, of => of.Sum(count => count.Value));
    }
}
