using CommandLine;

namespace Recv.Cli.Verbs;

/// <summary>Options of <c>recv doctor</c>.</summary>
[Verb("doctor", HelpText = "Says whether this host is fit to receive, and the line that fixes each finding.")]
internal sealed class DoctorOptions
{
    [Option("rate", Default = 10, MetaValue = "GBPS", HelpText = "Rate to be received, in Gb/s.")]
    public double Rate { get; set; }

    [Option("if", MetaValue = "IFACE", HelpText = "The interface to be received on.")]
    public string? Interface { get; set; }

    [Option("try", Default = false,
        HelpText = "Opens AF_XDP on --if for a moment, to see which way its driver can; some drivers interrupt the link for a second.")]
    public bool Try { get; set; }

    [Option("json", Default = false, HelpText = "Writes the findings as JSON.")]
    public bool Json { get; set; }
}
