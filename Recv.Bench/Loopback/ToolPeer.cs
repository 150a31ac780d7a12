using System.Globalization;
using System.Net;
using Recv.Bench.Peers;
using Recv.Bench.Receiving;

namespace Recv.Bench.Loopback;

/// <summary>spead2's own tool <c>spead2_recv</c> as it comes, with its memory pool and the buffer that all have.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record ToolPeer(PeerPrograms Peer) : IContender
{
    /// <inheritdoc/>
    public string Name => "spead2_recv";

    /// <inheritdoc/>
    public IRunningReceiver Start(Link link)
    {
        string socket = $"--packet {link.Packet} --buffer {(long)link.BufferMiB << 20} {link.Host}:{link.Port}";
        return new Running(new ChildProcess(link.ReceiverCore, Peer.Tool, $"--quiet --mem-pool {socket}", null, link.ReceiverNetwork),
            link);
    }

    // It neither says when it is ready nor stops by itself, so it is watched from outside: its socket, and the time of its threads.
    private sealed class Running : IRunningReceiver
    {
        private const int PollMilliseconds = 20;
        private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

        private readonly ChildProcess _process;
        private readonly double _before;

        public Running(ChildProcess process, Link link)
        {
            _process = process;
            string socket = string.Create(
                CultureInfo.InvariantCulture, $" {BitConverter.ToUInt32(IPAddress.Parse(link.Host).GetAddressBytes()):X8}:{link.Port:X4} ");
            // As the process itself sees it: its network may be another than ours.
            string sockets = $"/proc/{process.Id}/net/udp";
            long deadline = Environment.TickCount64 + (long)StartTimeout.TotalMilliseconds;
            while (!File.ReadAllText(sockets).Contains(socket, StringComparison.Ordinal))
            {
                if (Environment.TickCount64 > deadline)
                {
                    process.Dispose();
                    throw RecvException.HostRefused($"spead2_recv does not listen on port {link.Port}");
                }
                Thread.Sleep(PollMilliseconds);
            }
            _before = CpuSeconds();
        }

        public ReceiveResult Finish()
        {
            // As the others, which look every 100 ms whether anything has come in the last second.
            Thread.Sleep(TimeSpan.FromSeconds(1));
            double cpu = CpuSeconds() - _before;
            _process.Interrupt();
            string output = _process.Output();
            // Its first heap carries the descriptors.
            return new ReceiveResult { Datagrams = After(output, "packets:"), Heaps = After(output, "heaps:") - 1, CpuSeconds = cpu };
        }

        public void Dispose() => _process.Dispose();

        private static long After(string output, string name)
        {
            string line = output.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal));
            return long.Parse(line[name.Length..], CultureInfo.InvariantCulture);
        }

        // The first number of schedstat is nanoseconds on a core.
        private double CpuSeconds() => Directory.EnumerateDirectories($"/proc/{_process.Id}/task")
            .Sum(task => long.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) * 1e-9;
    }
}
