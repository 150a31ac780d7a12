namespace Recv;

/// <summary>What a setting does, in the words of <c>--help</c>: the one description of an option, beside its default.</summary>
/// <param name="text">A sentence with the unit where there is one; the default is taken from the property itself.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EffectAttribute(string text) : Attribute
{
    /// <summary>The sentence.</summary>
    public string Text { get; } = text;
}
