using System.Diagnostics;

namespace Recv.Bench.Receiving;

/// <summary>A program on one core.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the process, which ends with it.</remarks>
internal sealed class ChildProcess : IDisposable
{
    private readonly string _name;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="core">Core for all its threads; they may still move themselves elsewhere.</param>
    /// <param name="program">File.</param>
    /// <param name="arguments">As on a command line.</param>
    /// <param name="environment">NAME=VALUE for it beside ours.</param>
    /// <param name="network">Network namespace that it runs in; null for ours.</param>
    /// <exception cref="RecvException">It cannot be started (exit code 3).</exception>
    public ChildProcess(int core, string program, string arguments, IReadOnlyList<string>? environment = null, string? network = null)
    {
        _name = Path.GetFileName(program);
        string[] words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] inside = network is null ? [] : ["ip", "netns", "exec", network];
        var start = new ProcessStartInfo("taskset", ["-c", $"{core}", .. inside, program, .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string[] pair in (environment ?? []).Select(each => each.Split('=', 2))) start.Environment[pair[0]] = pair[1];
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            throw RecvException.HostRefused($"cannot run taskset: {refused.Message}; install util-linux", refused);
        }
    }

    /// <summary>This program with one of its verbs.</summary>
    public static ChildProcess Ours(int core, string arguments, IReadOnlyList<string>? environment = null, string? network = null) =>
        new(core, Path.Combine(AppContext.BaseDirectory, "Recv.Bench"), arguments, environment, network);

    /// <summary>Number of the process; taskset and ip become the program, so it is the program's.</summary>
    public int Id => _process.Id;

    /// <summary>Waits until it has written <paramref name="line"/> to stderr.</summary>
    /// <returns>The lines before that.</returns>
    public IReadOnlyList<string> WaitForError(string line)
    {
        var said = new List<string>();
        while (_process.StandardError.ReadLine() is string written)
        {
            if (written == line) return said;
            said.Add(written);
        }
        throw RecvException.HostRefused($"{_name} ended with {ExitCode()} before it was ready: {string.Join(" ", said)}");
    }

    /// <summary>Asks it to end, as Ctrl-C does.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", $"{Id}"]);
        kill.WaitForExit();
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
