using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Recv.Native;

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

    /// <summary>Under a kernel that has none of these socket options (levels and numbers), as a sandbox or an old one.</summary>
    public static void WithoutOptions((int Level, int Option)[] options, Action action) => Run(() => RefuseOptions(options), action);

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

    // A filter of system calls (seccomp(2)), which belongs to the thread: setsockopt with one of the options ends as if nobody knew it.
    private static void RefuseOptions((int Level, int Option)[] options)
    {
        const ushort LoadWord = 0x20, GoIfEqual = 0x15, Return = 0x06; // BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K of linux/filter.h
        const uint Allow = 0x7fff0000, Fail = 0x00050000; // SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO of linux/seccomp.h
        const uint Number = 0, Argument1 = 24, Argument2 = 32; // struct seccomp_data, low halves
        uint setsockopt = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 208u : 54u;
        List<Libc.sock_filter> code = [
            new() { code = LoadWord, k = Number }, new() { code = GoIfEqual, k = setsockopt, jt = 1 }, new() { code = Return, k = Allow }];
        foreach ((int level, int option) in options)
        {
            code.AddRange([new() { code = LoadWord, k = Argument1 }, new() { code = GoIfEqual, k = (uint)level, jf = 3 },
                new() { code = LoadWord, k = Argument2 }, new() { code = GoIfEqual, k = (uint)option, jf = 1 },
                new() { code = Return, k = Fail | Libc.ENOPROTOOPT }]);
        }
        code.Add(new Libc.sock_filter { code = Return, k = Allow });
        fixed (Libc.sock_filter* first = code.ToArray())
        {
            Libc.sock_fprog program = new() { len = (ushort)code.Count, filter = first };
            const int NoNewPrivileges = 38, Seccomp = 22, Filter = 2; // linux/prctl.h, linux/seccomp.h
            if (Libc.prctl(NoNewPrivileges, 1, 0, 0, 0) != 0 || Libc.prctl(Seccomp, Filter, (nuint)(&program), 0, 0) != 0)
                throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
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
