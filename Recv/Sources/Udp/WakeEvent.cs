using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>An eventfd: makes a poll return, from any thread, also when set before the poll began.</summary>
/// <remarks>
/// <para><b>Threading:</b> <see cref="Set"/> from any thread at any time, even after <see cref="Dispose"/> (then it
/// does nothing); the rest by the thread that waits.</para>
/// <para><b>Owns:</b> its descriptor.</para>
/// </remarks>
internal sealed unsafe class WakeEvent : IDisposable
{
    private readonly SafeFileHandle _handle;

    public WakeEvent()
    {
        int descriptor = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        if (descriptor < 0)
            throw RecvException.HostRefused(
                $"cannot make an eventfd: {Libc.Describe(Marshal.GetLastPInvokeError())}; too many open files? "
                + "(ulimit -n)");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Descriptor = descriptor;
    }

    /// <summary>For poll: readable when set.</summary>
    public int Descriptor { get; }

    public void Set()
    {
        bool held = false;
        try
        {
            // Without the reference a closed descriptor's number may already be somebody else's file.
            _handle.DangerousAddRef(ref held);
            ulong one = 1;
            _ = Libc.write(Descriptor, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
        finally
        {
            if (held) _handle.DangerousRelease();
        }
    }

    public void Clear()
    {
        ulong count;
        _ = Libc.read(Descriptor, &count, sizeof(ulong));
    }

    public void Dispose() => _handle.Dispose();
}
