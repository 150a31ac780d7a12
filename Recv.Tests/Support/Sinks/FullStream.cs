namespace Recv.Tests.Support.Sinks;

/// <summary>A file on a disk that is full after so many bytes: it takes what fits of a write, and then fails as Linux does.</summary>
internal sealed class FullStream(FileStream file, long room) : DiskStream(file)
{
    // ENOSPC
    private const int NoSpace = 28;

    private readonly FileStream _file = file;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int fits = (int)Math.Min(buffer.Length, room - _file.Position);
        _file.Write(buffer[..fits]);
        if (fits < buffer.Length) throw new IOException("No space left on device", NoSpace);
    }
}
