namespace Recv.Tests.Support.Packets;

/// <summary>Arrays that differ in a byte.</summary>
internal static class ArrayWith
{
    public static byte[] With(this byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }
}
