namespace Recv.Tests.Support.Files;

/// <summary>A folder that is gone after the test, with all that is in it.</summary>
/// <remarks><b>Owns:</b> the folder.</remarks>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-test-");

    public string Path => _folder.FullName;

    /// <summary>Names of the files in it, sorted.</summary>
    public IReadOnlyList<string> Files => [.. _folder.EnumerateFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Delete(recursive: true);
}
