using System.Globalization;

namespace Recv.Simulate;

/// <summary>The faults that a simulator puts into its stream. The defaults put none.</summary>
/// <remarks>
/// <para>Whether a packet is lost, repeated, … is a hash of seed, kind and number of the packet, so a run can be
/// repeated, and adding one kind does not change which packets another kind hits.</para>
/// <para><b>Threading:</b> immutable.</para>
/// </remarks>
public sealed record FaultOptions
{
    /// <summary>Share of the packets that are not sent. 0 to 1; default 0.</summary>
    public double Loss { get; init; }

    /// <summary>
    /// Share of the packets that are sent twice, the second right after the first. 0 to 1; default 0.
    /// </summary>
    public double Duplicate { get; init; }

    /// <summary>
    /// Share of the packets that are held back behind 1 to <see cref="ReorderDistance"/> later ones. 0 to 1; default 0.
    /// </summary>
    public double Reorder { get; init; }

    /// <summary>How many later packets may overtake one. Default 16.</summary>
    public int ReorderDistance { get; init; } = 16;

    /// <summary>Share of the packets of which one byte, header or payload, is changed. 0 to 1; default 0.</summary>
    public double Corrupt { get; init; }

    /// <summary>Share of the packets that end early, after at least one byte. 0 to 1; default 0.</summary>
    public double Truncate { get; init; }

    /// <summary>
    /// Share of the heaps that are held back as a whole behind <see cref="DelayHeaps"/> later ones. 0 to 1; default 0.
    /// </summary>
    public double Delay { get; init; }

    /// <summary>By how many heaps. Default 64.</summary>
    public int DelayHeaps { get; init; } = 64;

    /// <summary>
    /// Number of the data heap, from 0, at which the sender's clock jumps by <see cref="JumpBy"/>; null: never.
    /// </summary>
    public long? JumpAt { get; init; }

    /// <summary>Timestamp units by which it jumps, also backwards.</summary>
    public long JumpBy { get; init; }

    /// <summary>
    /// Number of the data heap, from 0, at which the sender's clock is set to <see cref="ResetTo"/>; null: never.
    /// </summary>
    public long? ResetAt { get; init; }

    /// <summary>Timestamp to which it is set.</summary>
    public long ResetTo { get; init; }

    /// <summary>Seed of the faults. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether any fault of packets is set; jumps of the clock are not.</summary>
    internal bool HitsPackets => Loss > 0 || Duplicate > 0 || Reorder > 0 || Corrupt > 0 || Truncate > 0 || Delay > 0;

    /// <summary>
    /// Reads <c>loss=0.01,reorder=0.02,reorder-distance=16,duplicate=…,corrupt=…,truncate=…,
    /// delay=…,delay-heaps=64,jump-at=100,jump-by=-4096, reset-at=200,reset-to=0,seed=1</c>, any of them.
    /// </summary>
    /// <exception cref="RecvException">A name is unknown or a value is not a number.</exception>
    public static FaultOptions Parse(string text)
    {
        var options = new FaultOptions();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (pair.Length != 2)
                throw RecvException.BadUsage($"fault '{part}' has no value: write it as {part}=NUMBER");
            options = options.With(pair[0], pair[1]);
        }
        options.Validate();
        return options;
    }

    /// <summary>Throws unless all values make sense.</summary>
    /// <exception cref="RecvException">One does not.</exception>
    public void Validate()
    {
        CheckShare("loss", Loss);
        CheckShare("duplicate", Duplicate);
        CheckShare("reorder", Reorder);
        CheckShare("corrupt", Corrupt);
        CheckShare("truncate", Truncate);
        CheckShare("delay", Delay);
        CheckDistance("reorder-distance", ReorderDistance);
        CheckDistance("delay-heaps", DelayHeaps);
        if (JumpAt < 0 || ResetAt < 0)
            throw RecvException.BadUsage("faults jump-at and reset-at count heaps from 0 and cannot be negative");
        if (ResetTo < 0) throw RecvException.BadUsage($"fault reset-to={ResetTo}: a timestamp cannot be negative");
    }

    private FaultOptions With(string name, string value) => name switch
    {
        "loss" => this with { Loss = Number<double>(name, value) },
        "duplicate" => this with { Duplicate = Number<double>(name, value) },
        "reorder" => this with { Reorder = Number<double>(name, value) },
        "reorder-distance" => this with { ReorderDistance = Number<int>(name, value) },
        "corrupt" => this with { Corrupt = Number<double>(name, value) },
        "truncate" => this with { Truncate = Number<double>(name, value) },
        "delay" => this with { Delay = Number<double>(name, value) },
        "delay-heaps" => this with { DelayHeaps = Number<int>(name, value) },
        "jump-at" => this with { JumpAt = Number<long>(name, value) },
        "jump-by" => this with { JumpBy = Number<long>(name, value) },
        "reset-at" => this with { ResetAt = Number<long>(name, value) },
        "reset-to" => this with { ResetTo = Number<long>(name, value) },
        "seed" => this with { Seed = Number<ulong>(name, value) },
        _ => throw RecvException.BadUsage(
            $"unknown fault '{name}': use loss, duplicate, reorder, reorder-distance, corrupt, truncate, "
            + "delay, delay-heaps, jump-at, jump-by, reset-at, reset-to or seed"),
    };

    private static T Number<T>(string name, string value) where T : IParsable<T> =>
        T.TryParse(value, CultureInfo.InvariantCulture, out T? number)
            ? number
            : throw RecvException.BadUsage($"fault {name}={value}: '{value}' is not a number that fits there");

    private static void CheckShare(string name, double share)
    {
        if (share is not (>= 0 and <= 1))
            throw RecvException.BadUsage($"fault {name}={share} is a share and must be from 0 to 1");
    }

    private static void CheckDistance(string name, int distance)
    {
        if (distance is < 1 or > 65536)
            throw RecvException.BadUsage($"fault {name}={distance} must be from 1 to 65536");
    }
}
