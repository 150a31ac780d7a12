using System.Diagnostics;
using System.Globalization;

namespace Recv.Bench.Gpu;

/// <summary><c>recv run</c> as an operator runs it, a process of its own that is watched by its metrics.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the process, which ends with it.</remarks>
internal sealed class RecvService : IDisposable
{
    private const string Announced = "recv: metrics at ";
    private const int LinesKept = 20;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly HttpClient _http = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _said = new();

    /// <summary>Starts it, and returns once its sources are open.</summary>
    /// <param name="arguments">Behind <c>recv run</c>; its HTTP address is chosen here.</param>
    /// <exception cref="RecvException">It does not start; with what it said.</exception>
    public RecvService(params string[] arguments)
    {
        _process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "recv"), ["run", "--http", "127.0.0.1:0", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginErrorReadLine();
        if (!_address.Task.Wait(StartTimeout) || _address.Task.Result.Length == 0)
            throw RecvException.HostRefused($"recv run did not start: {LastWords}");
    }

    /// <summary>What it says of itself now: value by name with labels, as in
    /// <c>recv_datagrams_total{stream="0",outcome="delivered"}</c>.</summary>
    public IReadOnlyDictionary<string, double> Metrics
    {
        get
        {
            using HttpResponseMessage answer = _http.Send(new HttpRequestMessage(HttpMethod.Get, _address.Task.Result));
            using var text = new StreamReader(answer.Content.ReadAsStream());
            var values = new Dictionary<string, double>();
            while (text.ReadLine() is string line)
            {
                int space = line.LastIndexOf(' ');
                if (space > 0 && line[0] != '#' && double.TryParse(line[(space + 1)..], CultureInfo.InvariantCulture, out double value))
                    values[line[..space]] = value;
            }
            return values;
        }
    }

    /// <summary>Stops it as an operator does.</summary>
    /// <returns>Its final report.</returns>
    /// <exception cref="RecvException">It ended with an error; with what it said.</exception>
    public string Stop()
    {
        using (Process kill = Process.Start("kill", ["-INT", $"{_process.Id}"])) kill.WaitForExit();
        Task<string> report = _process.StandardOutput.ReadToEndAsync();
        if (!_process.WaitForExit(StopTimeout)) throw RecvException.HostRefused("recv run does not end when it is asked to");
        return _process.ExitCode == 0 ? report.Result
            : throw RecvException.HostRefused($"recv run ended with {_process.ExitCode}: {LastWords}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _http.Dispose();
    }

    private string LastWords
    {
        get
        {
            lock (_said) return string.Join(" | ", _said);
        }
    }

    // Every line must be taken, or a run of minutes would stand still when the pipe is full.
    private void Hear(string? line)
    {
        // The end, perhaps before it was ready.
        if (line is null) _address.TrySetResult("");
        else if (line.StartsWith(Announced, StringComparison.Ordinal)) _address.TrySetResult(line[Announced.Length..]);
        else
        {
            lock (_said)
            {
                if (_said.Count == LinesKept) _said.Dequeue();
                _said.Enqueue(line);
            }
        }
    }
}
