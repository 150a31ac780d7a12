using Recv.Memory;
using Recv.Native;
using Recv.Sources.Udp;

namespace Recv.Sources.Frames;

/// <summary>Waits until one descriptor is readable or somebody wakes us.</summary>
/// <remarks>
/// <b>Threading:</b> the receive thread; <see cref="Wake"/> from any. <b>Owns:</b> the eventfd; the descriptor is the caller's.
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class DescriptorPoll : IDisposable
{
    private readonly WakeEvent _wake = new();
    private readonly NativeArray<Libc.pollfd> _polled = new(2, "waiting for frames");
    private bool _woken;

    public DescriptorPoll(int descriptor)
    {
        _polled[0] = new Libc.pollfd { fd = descriptor, events = Libc.POLLIN };
        _polled[1] = new Libc.pollfd { fd = _wake.Descriptor, events = Libc.POLLIN };
    }

    /// <summary>Waits so long at most.</summary>
    /// <returns>True when the descriptor is readable.</returns>
    public bool Wait(int milliseconds)
    {
        int result;
        fixed (Libc.pollfd* polled = &_polled[0])
        {
            do result = Libc.poll(polled, 2, milliseconds);
            while (Libc.Interrupted(result));
        }
        if (result <= 0) return false;
        if (_polled[1].revents != 0) ForgetWake();
        if ((_polled[0].revents & ~Libc.POLLIN) != 0) ForgetError();
        return _polled[0].revents != 0;
    }

    /// <summary>Sleeps so long, whether the descriptor is readable or not, unless somebody wakes us.</summary>
    /// <returns>True when somebody did.</returns>
    public bool Nap(int microseconds)
    {
        Libc.time_spec time = new() { tv_nsec = microseconds * 1000L };
        int result;
        fixed (Libc.pollfd* polled = &_polled[1]) result = Libc.ppoll(polled, 1, &time, null);
        if (result <= 0) return false;
        ForgetWake();
        return true;
    }

    /// <summary>Whether somebody woke us since the last wait; for those who wait by asking.</summary>
    public bool TakeWake()
    {
        if (!Volatile.Read(ref _woken)) return false;
        ForgetWake();
        return true;
    }

    public void Wake()
    {
        Volatile.Write(ref _woken, true);
        _wake.Set();
    }

    private void ForgetWake()
    {
        Volatile.Write(ref _woken, false);
        _wake.Clear();
    }

    // An interface that goes down leaves an error, which poll reports until somebody has read it; then it waits for better times.
    private void ForgetError()
    {
        int error;
        uint length = sizeof(int);
        _ = Libc.getsockopt(_polled[0].fd, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length);
    }

    public void Dispose()
    {
        _wake.Dispose();
        _polled.Dispose();
    }
}
