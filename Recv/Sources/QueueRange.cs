using System.Globalization;

namespace Recv.Sources;

/// <summary>Consecutive receive queues of a device: <c>0</c> or <c>0-3</c>.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
/// <param name="First">Lowest queue.</param>
/// <param name="Last">Highest queue, itself included.</param>
public readonly record struct QueueRange(int First, int Last)
{
    // More than any card has; a mistyped number should not make thousands of threads.
    private const int MaxQueue = 1023;

    /// <summary>Queues.</summary>
    public int Count => Last - First + 1;

    /// <summary>Reads one.</summary>
    /// <returns>Null when it is none.</returns>
    public static QueueRange? TryParse(string text)
    {
        string[] parts = text.Split('-');
        if (parts.Length > 2 || !TryNumber(parts[0], out int first) || !TryNumber(parts[^1], out int last)) return null;
        return first <= last ? new QueueRange(first, last) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";

    private static bool TryNumber(string digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MaxQueue;
}
