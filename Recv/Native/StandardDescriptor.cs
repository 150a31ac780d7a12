using System.Runtime.InteropServices;

namespace Recv.Native;

/// <summary>The descriptors that whoever starts a process hands it: 0, 1 and 2.</summary>
/// <remarks><b>Threading:</b> any thread; bytes of writes at the same time may mix where they are more than a page.</remarks>
internal static unsafe class StandardDescriptor
{
    /// <summary>What <see cref="Write"/> gives when nothing could be written in time.</summary>
    public const int NotInTime = Libc.EAGAIN;

    // A pipe that polls as writable takes this much without making its writer wait (PIPE_BUF, pipe(7)).
    private const int PieceBytes = 4096;

    /// <summary>Whether the process was given it.</summary>
    /// <remarks>
    /// One that was not is a number like any other, which the runtime may have used for something of its own before we got to look. What is
    /// inherited cannot be close-on-exec, or it would not be here; what the runtime opens is.
    /// </remarks>
    public static bool IsGiven(int descriptor)
    {
        int flags = Libc.fcntl(descriptor, Libc.F_GETFD);
        return flags >= 0 && (flags & Libc.FD_CLOEXEC) == 0;
    }

    /// <summary>Writes all of it.</summary>
    /// <param name="descriptor">Whatever it leads to.</param>
    /// <param name="data">Any length.</param>
    /// <param name="patienceMilliseconds">How long to wait for a reader that does not read; -1: for ever.</param>
    /// <returns>0, or errno; <see cref="NotInTime"/> when the reader did not read.</returns>
    public static int Write(int descriptor, ReadOnlySpan<byte> data, int patienceMilliseconds)
    {
        fixed (byte* first = data)
        {
            for (int at = 0; at < data.Length;)
            {
                var ready = new Libc.pollfd { fd = descriptor, events = Libc.POLLOUT };
                int polled = Libc.poll(&ready, 1, patienceMilliseconds);
                if (polled == 0) return NotInTime;
                nint written = polled < 0 ? polled : Libc.write(descriptor, first + at, (nuint)Math.Min(PieceBytes, data.Length - at));
                if (written >= 0) at += (int)written;
                else if (Marshal.GetLastPInvokeError() is not (Libc.EINTR or Libc.EAGAIN) and int error) return error;
            }
        }
        return 0;
    }
}
