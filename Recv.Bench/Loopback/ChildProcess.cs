using System.Diagnostics;

namespace Recv.Bench.Loopback;

/// <summary>A program on one core.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the process, which ends with it.</remarks>
internal sealed class ChildProcess : IDisposable
{
    private readonly string _name;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <exception cref="RecvException">It cannot be started (exit code 3).</exception>
    public ChildProcess(int core, string program, string arguments)
    {
        _name = Path.GetFileName(program);
        var start = new ProcessStartInfo("taskset", $"-c {core} {program} {arguments}")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            throw RecvException.HostRefused($"cannot run taskset: {refused.Message}; install util-linux", refused);
        }
    }

    /// <summary>Waits until it has written <paramref name="line"/> to stderr.</summary>
    public void WaitForError(string line)
    {
        string? written;
        while ((written = _process.StandardError.ReadLine()) != line)
        {
            if (written is null)
                throw RecvException.HostRefused($"{_name} ended with {ExitCode()} before it was ready");
        }
    }

    /// <summary>Waits for its end and gives what it wrote to stdout.</summary>
    public string Output()
    {
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        string output = _process.StandardOutput.ReadToEnd();
        int code = ExitCode();
        return code == 0
            ? output
            : throw RecvException.HostRefused($"{_name} ended with {code}: {errors.Result.ReplaceLineEndings(" ").Trim()}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private int ExitCode()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }
}
