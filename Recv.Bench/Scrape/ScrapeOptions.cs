using CommandLine;
using Recv.Bench.Loopback;
using Recv.Cli.Verbs;

namespace Recv.Bench.Scrape;

/// <summary>Options of <c>scrape</c>.</summary>
[Verb("scrape", HelpText = "What scrapes of /metrics cost a receive thread: runs with and without a storm of them, in turn.")]
internal sealed class ScrapeOptions : LinkOptions
{
    [Option("rate", Default = 5.0, MetaValue = "GBPS",
        HelpText = "Gigabits a second that are sent; half of what is received without loss is a good choice.")]
    public double Rate { get; set; }

    [Option("seconds", Default = 3.0, MetaValue = "S", HelpText = "How long a run sends.")]
    public double Seconds { get; set; }

    [Option("buffer", Default = 32, MetaValue = "MIB", HelpText = "Socket buffer asked for; the kernel accounts twice that.")]
    public int Buffer { get; set; }

    [Option("scrapes", Default = 100, MetaValue = "N", HelpText = "Scrapes a second.")]
    public int Scrapes { get; set; }
}
