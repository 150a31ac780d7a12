using Recv.Memory;

namespace Recv.Tests.Support.Memory;

/// <summary>Bytes outside the GC heap, so that a device may fetch them.</summary>
/// <remarks><b>Threading:</b> plain memory. <b>Owns:</b> its block.</remarks>
internal sealed unsafe class NativeMemoryOf : IDisposable
{
    private readonly NativeBlock _block;
    private readonly int _length;

    public NativeMemoryOf(IEnumerable<byte> content)
    {
        byte[] bytes = [.. content];
        _length = bytes.Length;
        _block = NativeBlock.Allocate(Math.Max(1, _length), "a test");
        bytes.CopyTo(_block.Span(0, _length));
    }

    public nint Address => (nint)_block.Pointer;

    public byte[] Bytes => _block.Span(0, _length).ToArray();

    public void Dispose() => _block.Dispose();
}
