using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recv.Tests.Support.Memory;

public sealed class GuardedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(5000)]
    public void TheByteAfterTheLastIsInaccessible(int length)
    {
        using var memory = new GuardedMemory(length);
        byte[] bytes = [.. Enumerable.Range(0, length).Select(at => (byte)at)];
        Span<byte> placed = memory.Place(bytes);

        Assert.True(bytes.AsSpan().SequenceEqual(placed));
        Assert.Equal("---p", PermissionsAt(EndOf(placed)));
        if (length > 0) Assert.Equal("rw-p", PermissionsAt(EndOf(placed) - 1));
    }

    private static unsafe ulong EndOf(Span<byte> bytes) =>
        (ulong)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)) + (ulong)bytes.Length;

    private static string PermissionsAt(ulong address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] range = line[..line.IndexOf(' ')].Split('-');
            if (address >= Hex(range[0]) && address < Hex(range[1])) return line.Split(' ')[1];
        }
        return "unmapped";
    }

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
