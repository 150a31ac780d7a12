using CommandLine;
using Recv.Bench.Receiving;

namespace Recv.Bench.Scrape;

/// <summary>Options of the receiver with <c>/metrics</c> that <c>scrape</c> starts as a process of its own.</summary>
[Verb("scraped-child", Hidden = true)]
internal sealed class ScrapedReceiveOptions : ReceiverChildOptions
{
    [Option("port", Required = true)]
    public int Port { get; set; }

    /// <summary>Core of the receive thread; the rest of the process stays where it was started.</summary>
    [Option("core", Required = true)]
    public int Core { get; set; }

    [Option("http-port", Required = true)]
    public int HttpPort { get; set; }

    /// <summary>The arguments that give these options.</summary>
    public string Arguments => $"scraped-child --port {Port} {Common} --core {Core} --http-port {HttpPort}";
}
