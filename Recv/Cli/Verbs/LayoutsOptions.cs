using CommandLine;
using Recv.Cli.Parsing;

namespace Recv.Cli.Verbs;

/// <summary>Options of <c>recv layouts</c>.</summary>
[Verb("layouts", HelpText = "Lists, shows and validates layouts.")]
internal sealed class LayoutsOptions
{
    [Value(0, MetaName = "list|show|validate", Default = "list", HelpText = "What to do.")]
    public string Action { get; set; } = "";

    [Value(1, MetaName = "NAME|FILE", HelpText = "Layouts to show or validate; none: validate all that are built in.")]
    public IEnumerable<string> Names { get; set; } = [];

    [Option("set", Separator = ArgumentList.Separator, MetaValue = "NAME=VALUE",
        HelpText = "Value of a parameter; repeatable.")]
    public IEnumerable<string> Set { get; set; } = [];
}
