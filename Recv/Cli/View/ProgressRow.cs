namespace Recv.Cli.View;

/// <summary>One row of the live view.</summary>
/// <param name="Name">What is shown.</param>
/// <param name="Value">Its value, ready to print.</param>
/// <param name="IsLoss">Whether it says that something was lost.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct ProgressRow(string Name, string Value, bool IsLoss = false)
{
    /// <summary>Whether the value is a number with perhaps its unit, and no sentence.</summary>
    public bool IsNumber { get; init; } = true;
}
