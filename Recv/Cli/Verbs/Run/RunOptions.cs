using CommandLine;
using Recv.Cli.Parsing;
using Recv.Service;

namespace Recv.Cli.Verbs.Run;

/// <summary>Options of <c>recv run</c>.</summary>
[Verb("run", HelpText = "Receives a feed until SIGINT or SIGTERM.")]
internal sealed class RunOptions : ReceiveOptions
{
    [Option("config", MetaValue = "FILE.yaml",
        HelpText = "Takes options from a file, by their names without dashes; RECV_CONFIG names it too, "
        + "and RECV_LAYOUT, RECV_MAX_CHUNKS, ... are options, ';' between the values of one that is repeatable. "
        + "The command line goes before the environment, that before the file.")]
    public string? Config { get; set; }

    [Option("check", HelpText = "Check the options without opening anything, print them with their origin, and exit.")]
    public bool Check { get; set; }

    [Option("src", Separator = ArgumentList.Separator, MetaValue = "ADDR[+N]:PORT[?if=IFACE]",
        HelpText = "Where datagrams come from: addresses or groups, separated by commas, or pcap:FILE for a rehearsal. Repeatable: each "
            + "is a stream on a thread of its own, and all fill the same chunks.")]
    public IEnumerable<string> Sources { get; set; } = [];

    [Option("streams", Default = 0, MetaValue = "N",
        HelpText = "Spreads the addresses of one --src over N streams, by their place in the list. Default: each --src is a stream.")]
    public int Streams { get; set; }

    [Option("affinity", MetaValue = "CORE,...", HelpText = "Core of each stream's receive thread; -1: any.")]
    public string? Affinity { get; set; }

    [Option("buffer", MetaValue = "BYTES", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Buffer))]
    public string? Buffer { get; set; }

    [Option("wait", MetaValue = "POLICY", ResourceType = typeof(OptionHelp), HelpText = nameof(OptionHelp.Wait))]
    public string Wait { get; set; } = "nap";

    [Option("rt-priority", Default = 0, MetaValue = "1-99", HelpText = "Real-time priority (SCHED_FIFO) of receive threads; 0: none.")]
    public int RtPriority { get; set; }

    [Option("lock-memory", HelpText = "Chunks and receive buffers stay in memory whatever happens (mlock).")]
    public bool LockMemory { get; set; }

    [Option("huge-pages",
        HelpText = "Chunks and receive buffers on huge pages of the host's pool (vm.nr_hugepages). Default: transparent ones as far as "
            + "there are any.")]
    public bool HugePages { get; set; }

    [Option("overrun", MetaValue = "POLICY",
        HelpText = "When no chunk is free: drop-oldest, drop-newest or block. Default: drop-oldest, of captures "
            + "block.")]
    public string? Overrun { get; set; }

    [Option("flush-idle", Default = 1.0, MetaValue = "SECONDS",
        HelpText = "Silence after which the window is delivered; 0: never.")]
    public double FlushIdle { get; set; }

    [Option("http", Default = HttpEndpoint.DefaultAddress, MetaValue = "ADDR:PORT",
        HelpText = "Where /metrics, /sensors and /healthz are served; off: nowhere.")]
    public string Http { get; set; } = "";

    [Option("katcp", Default = "off", MetaValue = "ADDR:PORT",
        HelpText = "Where sensors are served over katcp; off: nowhere. They need --adc-rate and --sync-time.")]
    public string Katcp { get; set; } = "";
}
