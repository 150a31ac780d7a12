namespace Recv.Tests.Support.Needs;

/// <summary>The sources that the tests were built from, where they are still there.</summary>
public static class SourceTree
{
    /// <summary>The folder with Recv.sln, found by walking up from the test assembly; null when the tests run elsewhere.</summary>
    public static string? Root { get; } = Find();

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Recv.sln"))) return folder.FullName;
        return null;
    }
}

/// <summary>A fact about the sources; skipped with the reason where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SourceTreeFactAttribute : FactAttribute
{
    public SourceTreeFactAttribute()
    {
        if (SourceTree.Root is null) Skip = $"no Recv.sln above {AppContext.BaseDirectory}: the sources are not here";
    }
}
