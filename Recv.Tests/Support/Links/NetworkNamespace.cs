using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recv.Tests.Support.Links;

/// <summary>
/// A network of its own, without a name: only our descriptor holds it, so it is gone with everything in it when the test's process is,
/// however that ends.
/// </summary>
/// <remarks><b>Threading:</b> any thread. <b>Owns:</b> the descriptor.</remarks>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET of linux/sched.h

    private readonly SafeFileHandle _handle;

    public NetworkNamespace()
    {
        SafeFileHandle? made = null;
        OnThread(() =>
        {
            if (unshare(NewNetwork) != 0) throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
            made = File.OpenHandle("/proc/thread-self/ns/net");
        });
        _handle = made!;
        Ip("link set lo up");
    }

    /// <summary>For programs of ours and for <c>ip</c>: the path by which this process names the network.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}";

    /// <summary>Runs <paramref name="action"/> on a thread that is in this network; so are threads and processes that it starts.</summary>
    public void Run(Action action) => OnThread(() =>
    {
        if (setns((int)_handle.DangerousGetHandle(), NewNetwork) != 0)
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        action();
    });

    /// <summary>The same, with a result.</summary>
    public T Run<T>(Func<T> function)
    {
        T result = default!;
        Run(() => { result = function(); });
        return result;
    }

    /// <summary>Runs <c>ip</c> in this network.</summary>
    /// <returns>What it printed.</returns>
    public string Ip(string arguments) => Run(() => Tool("ip", arguments));

    /// <summary>Runs a program in the network of the calling thread and returns what it printed.</summary>
    public static string Tool(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {arguments}: {error.Result.Trim()} {output.Trim()}");
    }

    public void Dispose() => _handle.Dispose();

    private static void OnThread(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
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

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int fd, int nstype);
}
