namespace Recv.Tests.Support.Needs;

/// <summary>A fact that needs programs of this host, and perhaps root; skipped with the reason where they are absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools)
    {
        Tools = tools;
        string? absent = Array.Find(tools, tool => Find(tool) is null);
        if (absent is not null) Skip = $"{absent} is not installed";
    }

    public IReadOnlyList<string> Tools { get; }

    public bool NeedsRoot
    {
        get;
        set
        {
            field = value;
            if (value && !Environment.IsPrivilegedProcess) Skip ??= "needs root";
        }
    }

    /// <summary>Full path of a program, or null.</summary>
    public static string? Find(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}
