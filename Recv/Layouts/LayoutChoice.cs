namespace Recv.Layouts;

/// <summary>A layout by name with the values that a stream gives it.</summary>
/// <param name="Name">As <see cref="LayoutCatalog.Resolve(string)"/> takes it.</param>
/// <param name="Set">Values for parameters.</param>
/// <param name="Constants">Values for the stream's constants.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record LayoutChoice(
    string Name, IReadOnlyDictionary<string, string> Set, IReadOnlyDictionary<string, string> Constants)
{
    /// <summary>Compiles it.</summary>
    /// <exception cref="RecvException">The names or values do not fit the layout.</exception>
    public CompiledLayout Resolve() => LayoutCatalog.Resolve(Name, Set, Constants);
}
