namespace Recv.Tests.Support.Sinks;

/// <summary>A file on a disk that stands still after so many bytes, until it is told to go on.</summary>
internal sealed class StalledStream(FileStream file, long freeBytes, ManualResetEventSlim goOn) : DiskStream(file)
{
    private readonly FileStream _file = file;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_file.Position + buffer.Length > freeBytes) goOn.Wait();
        _file.Write(buffer);
    }
}
