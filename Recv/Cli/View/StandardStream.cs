using Recv.Native;

namespace Recv.Cli.View;

/// <summary>Standard output or standard error, which may go away or fill up without ending what runs.</summary>
/// <remarks>
/// .NET's own throws from whatever line happens to write, and takes a descriptor that was closed for the one that the runtime has
/// opened under its number since. <b>Threading:</b> one writer at a time, as the console sees to.
/// </remarks>
internal sealed class StandardStream(int descriptor, int patienceMilliseconds) : Stream
{
    private readonly bool _isGiven = StandardDescriptor.IsGiven(descriptor);
    private bool _isStuck;

    /// <summary>Why something that was to be written is lost, as far back as it goes; or null.</summary>
    public string? Loss { get; private set; }

    /// <summary>Whether that is because a reader has seen enough and closed its end, as <c>head</c> does.</summary>
    public bool HasLostReader { get; private set; }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_isGiven)
        {
            Loss ??= "it is closed";
            return;
        }
        // Who has not read for once is not waited for again until it has.
        int error = StandardDescriptor.Write(descriptor, buffer, _isStuck ? 0 : patienceMilliseconds);
        _isStuck = error == StandardDescriptor.NotInTime;
        HasLostReader |= error == Libc.EPIPE && Loss is null;
        if (error != 0) Loss ??= _isStuck ? "nobody reads it" : Libc.Describe(error);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
