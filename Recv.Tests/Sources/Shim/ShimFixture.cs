using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Recv.Native;
using Recv.Sources;
using Recv.Sources.Shim;
using Recv.Tests.Contracts;

namespace Recv.Tests.Sources.Shim;

/// <summary>The reference shim, open, and the memory through which datagrams get into it.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the source and the memory.</remarks>
internal sealed unsafe partial class ShimFixture : SourceFixture
{
    private const int Slots = 1024;
    private const int SlotBytes = 2048;
    private const int HeaderBytes = 16;

    private readonly Room _room;

    private ShimFixture(Room room, ShimSource source) : base(source)
    {
        _room = room;
        source.Open();
    }

    public static ShimFixture Open(string defines = "", int waitMilliseconds = 60_000)
    {
        Room room = new();
        return new ShimFixture(room, new ShimSource(SourceAddress.Parse(
            $"shim:{Compiler.ReferenceShim(defines)}?memory={room.Memory.DangerousGetHandle()}&event={room.Event}"))
        {
            WaitMilliseconds = waitMilliseconds,
        });
    }

    public override void Feed(ReadOnlySpan<byte[]> datagrams)
    {
        foreach (byte[] datagram in datagrams) Feed(datagram, 0);
    }

    /// <summary>One datagram with flags.</summary>
    public void Feed(byte[] datagram, uint flags, uint? length = null)
    {
        ref long head = ref *(long*)_room.Bytes;
        byte* slot = _room.Bytes + HeaderBytes + head % Slots * SlotBytes;
        *(uint*)slot = length ?? (uint)datagram.Length;
        *(uint*)(slot + 4) = flags;
        datagram.CopyTo(new Span<byte>(slot + 8, SlotBytes - 8));
        Volatile.Write(ref head, head + 1);
        Signal();
    }

    public override void End() => End(1);

    /// <summary>1: no more comes. 2: the shim fails.</summary>
    public void End(long how)
    {
        Volatile.Write(ref ((long*)_room.Bytes)[1], how);
        Signal();
    }

    protected override void Dispose(bool disposing) => _room.Dispose();

    private void Signal()
    {
        ulong one = 1;
        _ = Libc.write(_room.Event, &one, sizeof(ulong));
    }

    // The memory and the event that test and shim share.
    private sealed partial class Room : IDisposable
    {
        private const int AllBytes = HeaderBytes + Slots * SlotBytes;

        public Room()
        {
            fixed (byte* name = "recv-shim\0"u8) Memory = new SafeFileHandle(memfd_create(name, 0), ownsHandle: true);
            _ = ftruncate((int)Memory.DangerousGetHandle(), AllBytes);
            Bytes = (byte*)Libc.mmap(0, AllBytes, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED,
                (int)Memory.DangerousGetHandle(), 0);
            Event = Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC);
        }

        public SafeFileHandle Memory { get; }

        public byte* Bytes { get; }

        public int Event { get; }

        public void Dispose()
        {
            _ = Libc.munmap((nint)Bytes, AllBytes);
            Memory.Dispose();
            _ = Libc.close(Event);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int memfd_create(byte* name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int fd, nint length);
}
