using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Recv.Tests.Support;

/// <summary>Runs a piece of a test on a thread that has fewer rights, or another network, than the rest of the
/// process.</summary>
/// <remarks><b>Threading:</b> any thread; the other thread ends before the call returns.</remarks>
internal static unsafe partial class HostThreads
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET of linux/sched.h
    private const uint CapabilityVersion3 = 0x20080522; // linux/capability.h

    /// <summary>Without capabilities, as an ordinary user is.</summary>
    public static void AsOrdinaryUser(Action action) => Run(DropCapabilities, action);

    /// <summary>In a network namespace of its own: a loopback interface that is down, no address and no
    /// route.</summary>
    public static void InEmptyNetwork(Action action) => Run(LeaveNetwork, action);

    /// <summary>On a thread of its own, like this one.</summary>
    public static void OnAThread(Action action) => Run(() => { }, action);

    private static void Run(Action prepare, Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                prepare();
                action();
            }
            catch (Exception caught)
            {
                failure = ExceptionDispatchInfo.Capture(caught);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static void DropCapabilities()
    {
        // Capabilities belong to a thread, and so does what this changes.
        uint* header = stackalloc uint[] { CapabilityVersion3, 0 };
        uint* none = stackalloc uint[6];
        new Span<uint>(none, 6).Clear();
        if (capset(header, none) != 0) throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
    }

    private static void LeaveNetwork()
    {
        if (unshare(NewNetwork) != 0) throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(uint* header, uint* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
