using System.Globalization;
using Recv.Memory;

namespace Recv.Sources.Xdp;

/// <summary>How frames come from the driver into our memory.</summary>
public enum XdpMode
{
    /// <summary>The best that the driver has: zero-copy, then copy, then generic.</summary>
    Auto,

    /// <summary>The card writes into our memory; needs a driver that can.</summary>
    ZeroCopy,

    /// <summary>The driver runs the program, the kernel copies once.</summary>
    Copy,

    /// <summary>The program runs behind the driver, in the network stack: any interface, about half as fast.</summary>
    Generic,
}

/// <summary>How an <see cref="XdpSource"/> receives.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record XdpSourceOptions
{
    /// <summary>Fewest frames of a queue: with fewer, the start loses packets.</summary>
    public const int MinFrames = 4096;

    /// <summary>Most frames of a queue: 2 GiB of packets at 1500 bytes, 4 GiB at 9000.</summary>
    public const int MaxFrames = 1 << 20;

    /// <summary>How frames come to us. Default: the best there is. A mode that is named must be had.</summary>
    public XdpMode Mode { get; init; }

    /// <summary>
    /// Frames of each queue, of 2 KiB each, or of 4 KiB on interfaces with larger packets, which take several. Default 16384: 23 MiB at
    /// 1500 bytes, 60 MiB at 9000.
    /// </summary>
    public int Frames { get; init; } = 16384;

    /// <summary>
    /// Microseconds of each busy poll of the driver by the receive thread (<c>SO_PREFER_BUSY_POLL</c>); 0 waits for interrupts. Default 0.
    /// </summary>
    public int BusyPollMicroseconds { get; init; }

    /// <summary>
    /// Microseconds that the receive thread sleeps, once the ring is empty and while the feed flows, for packets to gather; 0 waits for
    /// each. Default 500: at 100 Gb/s a third of the frames.
    /// </summary>
    public int NapMicroseconds { get; init; } = 500;

    /// <summary>The receive thread asks the ring again and again instead of sleeping. Default false.</summary>
    public bool Spins { get; init; }

    /// <summary>Of what kind the frames' memory is. Default null: huge pages from the host's pool if it has enough, else transparent
    /// ones.</summary>
    public MemoryOptions? Memory { get; init; }

    /// <summary>What the options that all sources share mean here; the query of the address then has the last word.</summary>
    /// <exception cref="RecvException">One of them is wrong (exit code 2).</exception>
    public static XdpSourceOptions OfShared(SourceAddress address, SourceOptions? shared) =>
        Of(address, shared is null ? Default : Of(shared));

    private static readonly XdpSourceOptions Default = new();

    private static XdpSourceOptions Of(SourceOptions shared) => new()
    {
        // A buffer that the user named is as many frames; the default of a socket says nothing about frames.
        Frames = shared.BufferRequired
            ? (int)Math.Clamp(shared.BufferBytes / 4096, MinFrames, MaxFrames)
            : Default.Frames,
        NapMicroseconds = shared.Wait != WaitPolicy.Nap ? 0
            : shared.NapMicroseconds > 0 ? shared.NapMicroseconds
            : Default.NapMicroseconds,
        BusyPollMicroseconds = shared.Wait == WaitPolicy.BusyPoll ? BusyPollDefault : 0,
        Spins = shared.Wait == WaitPolicy.Spin,
        Memory = shared.Memory == MemoryOptions.Default ? null : shared.Memory,
    };

    private const int BusyPollDefault = 50;

    /// <summary>The options that the query of an address gives: <c>?mode=copy&amp;frames=32768&amp;nap=200</c>.</summary>
    /// <exception cref="RecvException">One of them is wrong (exit code 2).</exception>
    public static XdpSourceOptions Of(SourceAddress address, XdpSourceOptions? otherwise = null)
    {
        XdpSourceOptions options = otherwise ?? new();
        foreach ((string name, string value) in address.Settings)
        {
            options = name switch
            {
                "mode" => options with { Mode = ParseMode(address.Text, value) },
                "frames" => options with { Frames = Number(address.Text, name, value, MinFrames, MaxFrames) },
                "busy_poll" => options with { BusyPollMicroseconds = Number(address.Text, name, value, 0, 1_000_000) },
                "nap" => options with { NapMicroseconds = Number(address.Text, name, value, 0, 100_000) },
                _ => throw RecvException.BadUsage($"source '{address.Text}': xdp: has no setting {name}"),
            };
        }
        return options;
    }

    private static XdpMode ParseMode(string text, string value) => value switch
    {
        "auto" => XdpMode.Auto,
        "zerocopy" => XdpMode.ZeroCopy,
        "copy" => XdpMode.Copy,
        "generic" => XdpMode.Generic,
        _ => throw RecvException.BadUsage($"source '{text}': mode={value}; give auto, zerocopy, copy or generic"),
    };

    private static int Number(string text, string name, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw RecvException.BadUsage($"source '{text}': {name}={value}; give {least} to {most}");
}
