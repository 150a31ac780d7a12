using System.Globalization;
using Recv.Cli.Verbs.Run;
using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Streams.Time;

namespace Recv.Cli.Config;

/// <summary>What a run takes for an option that nobody gave, where that follows from the others.</summary>
/// <param name="Value">As the option would be written.</param>
/// <param name="Why">Where it is from.</param>
/// <param name="IsFixed">True when it is the same if it is named; otherwise it is only shown, because naming it would ask for more, or
/// would stay when the options it follows from change.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record DefaultInUse(string Value, string Why = Configuration.Default, bool IsFixed = false)
{
    /// <summary>By the name of the option.</summary>
    public static IReadOnlyDictionary<string, DefaultInUse> Of(RunPlan plan)
    {
        ReceiverOptions receiver = plan.Receiver;
        (LayoutShape shape, int chunks) = receiver.Check();
        var all = new Dictionary<string, DefaultInUse>
        {
            ["overrun"] = new(NameOf(receiver.Overrun), IsFixed: true),
            ["time"] = new(NameOf(receiver.Time), IsFixed: true),
            ["sink"] = new("null", IsFixed: true),
            ["chunks"] = new($"{chunks}", "default: for this window and these sinks"),
            ["streams"] = new($"{receiver.Inputs.Count}", "default: each --src is a stream"),
            ["affinity"] = new(string.Join(',', receiver.Inputs.Select(input => input.Core)), "default: any core"),
        };
        if (receiver.Inputs.Sum(input => input.Source.Status.BufferAskedBytes) is > 0 and long asked)
            all["buffer"] = new($"{asked >> 20}M", "default, as far as the host grants it");
        if (shape.AdcRate is double rate) all["adc-rate"] = new(rate.ToString(CultureInfo.InvariantCulture), "of the layout");
        if (shape.SyncTime is decimal sync) all["sync-time"] = new(sync.ToString(CultureInfo.InvariantCulture), "of the layout");
        return all;
    }

    private static string NameOf(OverrunPolicy policy) => policy switch
    {
        OverrunPolicy.DropOldest => "drop-oldest",
        OverrunPolicy.DropNewest => "drop-newest",
        _ => "block",
    };

    private static string NameOf(TimePolicy policy) => policy switch
    {
        TimePolicy.Resync => "resync",
        TimePolicy.Hold => "hold",
        _ => "exit",
    };
}
