namespace Recv.Doctor;

/// <summary>How much a finding matters.</summary>
public enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Fine,

    /// <summary>It works; this would make it better, or make something else possible.</summary>
    Advice,

    /// <summary>Loss is to be expected until this is fixed.</summary>
    Problem,
}

/// <summary>What one look at the host found.</summary>
/// <param name="Name">Of the check: stable, lower case with dashes, for scripts.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="What">What was found, in one line.</param>
/// <param name="Why">Why that matters; empty when it is fine.</param>
/// <param name="Fix">The line that fixes it; null when there is none or nothing to fix.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record Finding(string Name, FindingLevel Level, string What, string Why = "", string? Fix = null);
