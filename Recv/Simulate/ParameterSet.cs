using System.Collections.Immutable;
using Recv.Layouts;

namespace Recv.Simulate;

/// <summary>The parameters of an instrument by the names that the layouts use: what the user gave, else the defaults.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed class ParameterSet
{
    private readonly string _instrument;
    private readonly ImmutableDictionary<string, long> _values;

    /// <summary>The defaults of a layout with what the user gave in their place.</summary>
    /// <param name="instrument">For messages.</param>
    /// <param name="layout">The layout that receives this instrument: a sender without parameters fits a receiver without any.
    /// Parameters that only say how a receiver forms chunks are accepted, so that one set serves both ends, and change nothing
    /// here.</param>
    /// <param name="given">What the user set.</param>
    /// <exception cref="RecvException">A name is unknown.</exception>
    public ParameterSet(string instrument, string layout, IReadOnlyDictionary<string, long> given)
    {
        _instrument = instrument;
        CompiledLayout defaults = LayoutCatalog.Resolve(layout);
        var values = ImmutableDictionary.CreateBuilder<string, long>();
        values.AddRange(defaults.Parameters);
        values.AddRange(defaults.Constants);
        foreach ((string name, long value) in given)
        {
            if (!values.ContainsKey(name))
                throw RecvException.BadUsage(
                    $"the {instrument} simulator has no parameter '{name}'; it has {string.Join(", ", values.Keys.Order())}");
            values[name] = value;
        }
        _values = values.ToImmutable();
    }

    /// <summary>A parameter within bounds.</summary>
    /// <exception cref="RecvException">It is outside.</exception>
    public long Get(string name, long min, long max)
    {
        long value = _values[name];
        if (value < min || value > max)
            throw RecvException.BadUsage($"{_instrument} parameter {name} is {value}, but must be from {min} to {max}");
        return value;
    }

    /// <summary>A size in bytes from bits, whole and small enough for a heap.</summary>
    /// <exception cref="RecvException">It is not.</exception>
    public int HeapBytes(Int128 bits)
    {
        if (bits % 8 != 0 || bits / 8 > MaxHeapBytes)
            throw RecvException.BadUsage(
                $"{_instrument} heaps would have {bits} bits: choose parameters that give whole bytes, at most {MaxHeapBytes}");
        return (int)(bits / 8);
    }

    // A heap lies in one array while it is sent.
    private const int MaxHeapBytes = 1 << 30;
}
