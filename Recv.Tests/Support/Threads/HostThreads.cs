using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Recv.Tests.Support.Threads;

/// <summary>Runs a piece of a test on a thread that has fewer rights, or another network, than the rest of the
/// process.</summary>
/// <remarks><b>Threading:</b> any thread; the other thread ends before the call returns.</remarks>
internal static unsafe partial class HostThreads
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET of linux/sched.h
    private const uint CapabilityVersion3 = 0x20080522; // linux/capability.h

    /// <summary>Without capabilities, as an ordinary user is.</summary>
    public static void AsOrdinaryUser(Action action) => Run(DropCapabilities, action);

    /// <summary>With these capabilities (numbers of linux/capability.h) and no other.</summary>
    public static void With(int[] capabilities, Action action) => Run(() => KeepCapabilities(capabilities), action);

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

    private static void DropCapabilities() => KeepCapabilities([]);

    private static void KeepCapabilities(int[] capabilities)
    {
        // Capabilities belong to a thread, and so does what this changes. Two words of bits: effective, permitted, inheritable in each.
        uint* header = stackalloc uint[] { CapabilityVersion3, 0 };
        uint* kept = stackalloc uint[6];
        new Span<uint>(kept, 6).Clear();
        foreach (int capability in capabilities)
        {
            kept[3 * (capability / 32)] |= 1u << capability % 32;
            kept[3 * (capability / 32) + 1] |= 1u << capability % 32;
        }
        if (capset(header, kept) != 0) throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
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
