using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Recv.Tests.Support.Processes;

/// <summary>The built <c>recv</c> as a user starts it: its output by lines, its exit code, signals to it.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the process, which <see cref="Dispose"/> ends if it still runs.</remarks>
internal sealed partial class RecvProcess : IDisposable
{
    public const int HangUp = 1; // SIGHUP, the last that it listens to: once it does, it does to all
    public const int Interrupt = 2; // SIGINT
    public const int Terminate = 15; // SIGTERM

    // Only ends a test that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Lines _output = new();
    private readonly Lines _error = new();

    private RecvProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => _error.Add(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Lines on standard output so far; all of them once it has ended.</summary>
    public IReadOnlyList<string> Output => _output.All;

    /// <summary>Lines on standard error so far; all of them once it has ended.</summary>
    public IReadOnlyList<string> Error => _error.All;

    /// <summary>Everything, for a message.</summary>
    public string Everything => string.Join('\n', [.. Error, .. Output]);

    /// <summary>Starts <c>recv</c>.</summary>
    public static RecvProcess Start(params IReadOnlyList<string> arguments) => StartUnder([], arguments);

    /// <summary>Starts <c>recv</c> under another program, which gets the command line after its own arguments.</summary>
    public static RecvProcess StartUnder(IReadOnlyList<string> wrapper, params IReadOnlyList<string> arguments)
    {
        string[] words = [.. InterruptIsIgnored ? DefaultInterrupt
            : [], .. wrapper, Dotnet, Path.Combine(AppContext.BaseDirectory, "recv.dll"), .. arguments];
        return new RecvProcess(new ProcessStartInfo(words[0], words[1..]));
    }

    /// <summary>Runs <c>recv</c> to its end.</summary>
    public static (int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Error) Run(params IReadOnlyList<string> arguments)
    {
        using RecvProcess process = Start(arguments);
        return (process.Wait(), process.Output, process.Error);
    }

    /// <summary>Waits for a line on standard error that has <paramref name="part"/> in it.</summary>
    public string AwaitError(string part, int after = 0) =>
        _error.Await(part, after, Timeout) ?? throw new InvalidOperationException($"no line with '{part}' came; there is:\n{Everything}");

    /// <summary>Waits for the end.</summary>
    /// <returns>Exit code; 128 and the signal's number when a signal ended it.</returns>
    public int Wait()
    {
        if (!_process.WaitForExit(Timeout)) throw new InvalidOperationException($"recv does not end; it said:\n{Everything}");
        // Without a timeout it also waits for the last lines.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Whether a handler of its own awaits a signal.</summary>
    public bool Handles(int signal) => HasSignal($"/proc/{_process.Id}/status", "SigCgt:", signal);

    /// <summary>The most memory that it has had so far (VmHWM of proc(5)), in bytes.</summary>
    public long PeakMemory => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', '\t')
            .First(word => word.Length > 0 && char.IsAsciiDigit(word[0])), CultureInfo.InvariantCulture);

    /// <summary>Whether it ends within <paramref name="time"/>.</summary>
    public bool HasEndedWithin(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>Sends a signal, unless it has ended.</summary>
    public void Signal(int signal)
    {
        if (_process.HasExited) return;
        if (kill(_process.Id, signal) != 0) throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    // A shell that starts the tests in the background makes all below them deaf to SIGINT (POSIX, "Asynchronous Lists").
    private static bool InterruptIsIgnored => HasSignal("/proc/self/status", "SigIgn:", Interrupt);

    private static bool HasSignal(string status, string set, int signal) => File.ReadLines(status)
        .Where(line => line.StartsWith(set, StringComparison.Ordinal))
        .Any(line => (Convert.ToUInt64(line[set.Length..].Trim(), 16) & 1UL << (signal - 1)) != 0);

    private static string[] DefaultInterrupt => ["env", "--default-signal=INT"];

    // The tests run in it, unless something else hosts them.
    private static string Dotnet =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    private sealed class Lines
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public void Add(string? line)
        {
            if (line is null) return;
            lock (_lines)
            {
                _lines.Add(line);
                Monitor.PulseAll(_lines);
            }
        }

        public string? Await(string part, int after, TimeSpan timeout)
        {
            long deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
            lock (_lines)
            {
                while (true)
                {
                    string? found = _lines.Skip(after).FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal));
                    if (found is not null) return found;
                    long left = deadline - Environment.TickCount64;
                    if (left <= 0) return null;
                    Monitor.Wait(_lines, TimeSpan.FromMilliseconds(left));
                }
            }
        }
    }
}
