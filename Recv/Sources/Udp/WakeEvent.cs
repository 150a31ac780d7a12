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

    // Written by any thread before the eventfd, cleared by the one that waits.
    private volatile bool _set;

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

    /// <summary>Whether <see cref="Set"/> was called since the last time; costs no system call when not.</summary>
    public bool Take()
    {
        if (!_set) return false;
        Clear();
        return true;
    }

    public void Set()
    {
        _set = true;
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
        // The flag first: a wake-up between the two is answered by this return, and the flag makes one more, which is harmless.
        _set = false;
        ulong count;
        _ = Libc.read(Descriptor, &count, sizeof(ulong));
    }

    public void Dispose() => _handle.Dispose();
}
