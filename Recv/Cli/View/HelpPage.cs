using CommandLine;
using CommandLine.Text;
using Recv.Cli.Verbs;

namespace Recv.Cli.View;

/// <summary>What <c>--help</c> prints: of the program, or of one verb.</summary>
/// <remarks><b>Threading:</b> pure, but looks at the terminal's width.</remarks>
internal static class HelpPage
{
    private const string Heading = "recv: a high-rate UDP/SPEAD packet receiver for radio astronomy";

    // Lines longer than this are hard to read on any terminal; files and pipes get a width of their own.
    private const int MostColumns = 120;
    private const int FewestColumns = 60;
    private const int ColumnsInPipe = 100;

    /// <summary>Of one verb.</summary>
    public static string Of(ParserResult<object> result, Verb verb)
    {
        string page = Page(result, verbsIndex: false, text => text.AddPreOptionsLine("Usage: " + verb.Usage));
        // Not part of the page that wraps: a command to copy is one line.
        return $"{page.TrimEnd()}\n\nFor example:\n{string.Join('\n', verb.Examples.Select(example => "  " + example))}\n";
    }

    /// <summary>Of the program.</summary>
    public static string OfAll(ParserResult<object> result) => Page(result, verbsIndex: true, text =>
    {
        text.AddPreOptionsLine("Usage: recv VERB [options]; recv VERB --help says more. Begin with: recv demo");
        text.AddPostOptionsLine("Exit codes: 0 fine, 1 loss or damage that you asked to treat as failure, 2 usage or configuration,");
        text.AddPostOptionsLine("3 the host refused something. Errors are one line on standard error.");
        text.AddPostOptionsLine("");
    });

    private static string Page(ParserResult<object> result, bool verbsIndex, Action<HelpText> add) => HelpText.AutoBuild(result, text =>
    {
        text.Heading = Heading;
        text.Copyright = "";
        text.AdditionalNewLineAfterOption = false;
        text.MaximumDisplayWidth = Console.IsOutputRedirected ? ColumnsInPipe : Math.Clamp(Console.WindowWidth, FewestColumns, MostColumns);
        text.AddDashesToOption = true;
        text.AutoVersion = verbsIndex;
        add(text);
        return text;
    }, example => example, verbsIndex).ToString();
}
