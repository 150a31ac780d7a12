using System.Globalization;

namespace Recv;

/// <summary>
/// Something that a user sets, as messages carry it: to a program it is a property of an options record, to the command line
/// <c>--max-heaps</c>, to a configuration file a key. Rooms name it; who talks to the user words it.
/// </summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="Name">The name of the property: <c>MaxHeaps</c>.</param>
public readonly record struct Setting(string Name)
{
    public static Setting AdcRate => new(nameof(AdcRate));

    public static Setting Affinity => new(nameof(Affinity));

    public static Setting AllowOutOfOrder => new(nameof(AllowOutOfOrder));

    public static Setting Buffer => new(nameof(Buffer));

    public static Setting Chunks => new(nameof(Chunks));

    public static Setting Files => new(nameof(Files));

    public static Setting FlushIdle => new(nameof(FlushIdle));

    public static Setting Http => new(nameof(Http));

    public static Setting HugePages => new(nameof(HugePages));

    public static Setting Katcp => new(nameof(Katcp));

    public static Setting Layout => new(nameof(Layout));

    public static Setting LockMemory => new(nameof(LockMemory));

    public static Setting Loop => new(nameof(Loop));

    public static Setting MaxChunks => new(nameof(MaxChunks));

    public static Setting MaxGap => new(nameof(MaxGap));

    public static Setting MaxHeaps => new(nameof(MaxHeaps));

    public static Setting Memory => new(nameof(Memory));

    public static Setting Overrun => new(nameof(Overrun));

    public static Setting PacketPresence => new(nameof(PacketPresence));

    public static Setting Packets => new(nameof(Packets));

    public static Setting Rate => new(nameof(Rate));

    public static Setting Realtime => new(nameof(Realtime));

    public static Setting Rotate => new(nameof(Rotate));

    public static Setting RtPriority => new(nameof(RtPriority));

    public static Setting Scenario => new(nameof(Scenario));

    public static Setting Seconds => new(nameof(Seconds));

    public static Setting Set => new(nameof(Set));

    public static Setting Sink => new(nameof(Sink));

    public static Setting Size => new(nameof(Size));

    public static Setting Src => new(nameof(Src));

    public static Setting Streams => new(nameof(Streams));

    public static Setting Substreams => new(nameof(Substreams));

    public static Setting SyncTime => new(nameof(SyncTime));

    public static Setting Time => new(nameof(Time));

    public static Setting Wait => new(nameof(Wait));

    /// <summary>The name as the command line and files have it, without dashes: <c>max-heaps</c>.</summary>
    public string Key => string.Concat(Name.Select((letter, i) => i > 0 && char.IsUpper(letter)
        ? "-" + char.ToLower(letter, CultureInfo.InvariantCulture) : char.ToLower(letter, CultureInfo.InvariantCulture).ToString()));

    /// <summary>The setting of a name without dashes.</summary>
    public static Setting OfKey(string key) =>
        new(string.Concat(key.Split('-').Select(word => char.ToUpper(word[0], CultureInfo.InvariantCulture) + word[1..])));

    /// <summary>With dashes, for a line that is to be copied into a shell.</summary>
    public string Option => "--" + Key;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
