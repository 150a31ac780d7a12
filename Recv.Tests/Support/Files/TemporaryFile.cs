namespace Recv.Tests.Support.Files;

/// <summary>A file that is gone after the test.</summary>
/// <remarks><b>Owns:</b> the file.</remarks>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] bytes)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"recv-test-{Guid.NewGuid():N}");
        File.WriteAllBytes(Path, bytes);
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
