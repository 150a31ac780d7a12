using System.Diagnostics;
using System.Globalization;

namespace Recv.Bench.Bypass;

/// <summary>Two network namespaces with a veth pair between them, named after this process so that a later run removes what a
/// crash left.</summary>
/// <remarks><b>Threading:</b> one thread. <b>Owns:</b> the namespaces.</remarks>
internal sealed class VirtualCable : IDisposable
{
    public const string Device = "recv0";
    public const string Address = "10.71.48.2";

    private const string Prefix = "recv-bench-";

    public VirtualCable(int mtu)
    {
        RemoveStale();
        Ip($"netns add {Receiver}");
        Ip($"netns add {Sender}");
        Ip($"-n {Receiver} link add {Device} mtu {mtu} type veth peer name send0 mtu {mtu} netns {Sender}");
        Ip($"-n {Receiver} address add {Address}/24 dev {Device}");
        Ip($"-n {Sender} address add 10.71.48.1/24 dev send0");
        Ip($"-n {Receiver} link set {Device} up");
        Ip($"-n {Sender} link set send0 up");
    }

    public string Receiver { get; } = $"{Prefix}{Environment.ProcessId}-r";

    public string Sender { get; } = $"{Prefix}{Environment.ProcessId}-s";

    public void Dispose()
    {
        Ip($"netns delete {Receiver}");
        Ip($"netns delete {Sender}");
    }

    private static void RemoveStale()
    {
        foreach (string line in Ip("netns list").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = line.Split(' ')[0];
            if (!name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            string number = name[Prefix.Length..].Split('-')[0];
            bool isNumber = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int process);
            if (isNumber && !Directory.Exists($"/proc/{process}")) Ip($"netns delete {name}");
        }
    }

    private static string Ip(string arguments)
    {
        try
        {
            var start = new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? output
                : throw RecvException.HostRefused($"ip {arguments}: {error.Result.ReplaceLineEndings(" ").Trim()}; bypass needs root");
        }
        catch (System.ComponentModel.Win32Exception refused)
        {
            throw RecvException.HostRefused($"cannot run ip: {refused.Message}; install iproute2", refused);
        }
    }
}
