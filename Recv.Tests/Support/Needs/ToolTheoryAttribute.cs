namespace Recv.Tests.Support.Needs;

/// <summary>A theory that needs programs of this host; skipped with the reason where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] tools)
    {
        Tools = tools;
        if (Array.Find(tools, tool => ToolFactAttribute.Find(tool) is null) is { } absent) Skip = $"{absent} is not installed";
    }

    public IReadOnlyList<string> Tools { get; }
}
