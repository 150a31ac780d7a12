namespace Recv.Layouts;

/// <summary>
/// A layout that is ready to place heaps: its shape and the struct that a receive loop is closed over with
/// <see cref="Type.MakeGenericType"/>.
/// </summary>
/// <param name="Instance">The struct, boxed. Unbox it for the loop; a layout in code may carry values that
/// <c>default</c> lacks.</param>
/// <param name="Parameters">Effective values of the parameters by name, in the order of the layout.</param>
/// <param name="Constants">Effective values of the stream's constants by name.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record CompiledLayout(
    IHeapLayout Instance, IReadOnlyDictionary<string, long> Parameters, IReadOnlyDictionary<string, long> Constants)
{
    /// <summary>Sizes, items, statistics.</summary>
    public LayoutShape Shape { get; } = Instance.Shape;

    /// <summary>What the layout says about itself in one line; empty when it does not.</summary>
    public string Description { get; init; } = "";

    /// <summary>A struct that implements <see cref="IHeapLayout"/>.</summary>
    public Type StructType { get; } = Instance.GetType();
}
