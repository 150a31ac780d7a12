using System.Globalization;
using CommandLine;
using Recv.Cli.Config;
using Recv.Cli.Parsing;
using Recv.Cli.Verbs.Run;
using Recv.Cli.View;

namespace Recv.Cli.Verbs;

/// <summary>
/// From the arguments to a verb: parses, dispatches, and turns every failure that a person can fix into one line on
/// stderr.
/// </summary>
internal static class Verbs
{
    private static readonly Verb[] All =
    [
        Verb.Of<DemoOptions>(DemoCommand.Run, "recv demo [options]", "recv demo --seconds 3"),
        Verb.Of<RunOptions>(RunCommand.Run, "recv run --layout NAME --src ADDR:PORT [options]",
            "recv run --layout meerkat-digitiser --src '239.10.10.0+7:7148?if=eth0' --affinity 2",
            "recv run --layout meerkat-fengine --set n_ants=80 --substreams 80 --src '239.10.20.3:7148?if=eth0'"),
        Verb.Of<ReplayOptions>(ReplayCommand.Run,
            "recv replay FILE.pcap... (--layout NAME | --scenario FILE.json | --to ADDR:PORT) [options]",
            "recv replay capture.pcap --layout meerkat-digitiser --dst 239.10.10.0+7:7148 --report report.json",
            "recv replay vector.pcap --scenario vector.json --report -",
            "recv replay capture.pcap --to '239.255.71.50:7148?if=lo' --rate 0.5 --loop 10"),
        Verb.Of<CaptureOptions>(CaptureCommand.Run, "recv capture SOURCE FILE.pcapng [options]",
            "recv capture '239.10.10.0+7:7148?if=eth0' feed.pcapng --seconds 10",
            "recv capture '239.10.10.0+7:7148?if=eth0' feed.pcapng --rotate 1G --files 20"),
        Verb.Of<InspectOptions>(InspectCommand.Run, "recv inspect FILE...|SOURCE [options]",
            "recv inspect feed.pcapng --json",
            "recv inspect '239.10.10.0+7:7148?if=eth0' --seconds 2 --write-layout mine.yaml"),
        Verb.Of<SendOptions>(SendCommand.Run, "recv send (digitiser|fengine|beam|spead2) --dst ADDR:PORT [options]",
            "recv send digitiser --dst '239.10.10.0:7148?if=lo' --rate 0.5 --seconds 10",
            "recv send fengine --set n_ants=4 --interleave 4 --dst 127.0.0.1:7148 --heaps 4096 --faults loss=0.01,seed=3"),
        Verb.Of<LayoutsOptions>(LayoutsCommand.Run, "recv layouts [list | show NAME|FILE... | validate [NAME|FILE...]] [options]",
            "recv layouts show meerkat-fengine --set n_ants=80", "recv layouts validate my-instrument.yaml"),
        Verb.Of<DoctorOptions>(DoctorCommand.Run, "recv doctor [options]", "recv doctor --rate 20 --if eth0", "recv doctor --json"),
    ];

    /// <summary>All verbs.</summary>
    public static IReadOnlyList<Verb> Known => All;

    /// <summary>Whether arguments ask for nothing but something to read.</summary>
    public static bool OnlyShow(string[] args) =>
        args is [] or ["help" or "version" or "inspect" or "layouts" or "doctor", ..]
        || args.Intersect(["--help", "-h", "--version", "--check"]).Any();

    /// <summary>Runs a verb.</summary>
    /// <returns>Exit code: 0 fine, 1 loss or damage, 2 usage or configuration, 3 the host refused something.</returns>
    public static int Run(string[] args)
    {
        try
        {
            return Dispatch(args);
        }
        catch (RecvException error)
        {
            return Fail(Words.Of(error), error.ExitCode);
        }
        catch (Exception error)
        {
            // Every refusal that we foresee says what to do; this is for the rest.
            if (HostFault.Of(error) is string why) return Fail($"the host refused: {why}", RecvException.Host);
            return Fail($"a bug in recv, please report it: {error.GetType().Name}: {error.Message} "
                + $"{error.StackTrace?.Split('\n')[0].Trim()}", RecvException.Host);
        }
    }

    private static int Dispatch(string[] args)
    {
        if (args is ["help", string of, ..]) return Dispatch([of, "--help"]);
        if (args is [] or ["help" or "--help" or "-h", ..]) return Help(isWanted: args.Length > 0);
        if (args is ["version" or "--version", ..])
        {
            Console.Out.WriteLine("recv " + typeof(Verbs).Assembly.GetName().Version?.ToString(3));
            return 0;
        }
        Verb verb = Array.Find(All, candidate => candidate.Name == args[0])
            ?? throw RecvException.BadUsage($"unknown verb '{args[0]}'; the verbs are {Names}; see `recv --help`");
        IReadOnlyList<string> arguments = ArgumentList.Normalise(verb, args[1..]);
        if (arguments is ["--version"]) return Dispatch(["--version"]);
        return ConfigNames.IsConfigurable(verb) && arguments is not ["--help"]
            ? Configured(verb, arguments)
            : Parsed(verb, arguments, verb.Run);
    }

    // What a file or the environment gives is as if it stood on the command line, but an error says where it stands.
    private static int Configured(Verb verb, IReadOnlyList<string> arguments)
    {
        var configuration = Configuration.Of(verb, arguments, Configuration.Variables);
        foreach (string warning in configuration.Warnings) Console.Error.WriteLine("recv: warning: " + warning);
        try
        {
            return Parsed(verb, configuration.Arguments, options =>
            {
                if (!((RunOptions)options).Check) return verb.Run(options);
                EffectiveConfig.Write(Console.Out, verb, options, configuration, RunCommand.Check((RunOptions)options));
                return 0;
            });
        }
        catch (RecvException error)
        {
            throw configuration.Locate(error);
        }
    }

    private static int Parsed(Verb verb, IReadOnlyList<string> arguments, Func<object, int> run)
    {
        ValueCheck.Look(verb, arguments);
        ParserResult<object> result = Parse([verb.Name, .. arguments]);
        return result.MapResult(run, errors => errors.First() is HelpRequestedError
            ? Print(HelpPage.Of(result, verb))
            : throw Refused(errors.First(), verb, arguments));
    }

    private static RecvException Refused(Error error, Verb verb, IReadOnlyList<string> arguments)
    {
        var refusal = RecvException.BadUsage($"{verb.Name}: {Describe(error, verb, arguments)}; see `recv {verb.Name} --help`");
        return error is NamedError { NameInfo.LongName.Length: > 0 } named ? refusal.For(Setting.OfKey(named.NameInfo.LongName)) : refusal;
    }

    private static ParserResult<object> Parse(IEnumerable<string> args)
    {
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.CaseSensitive = true;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        return parser.ParseArguments(args, [.. All.Select(verb => verb.Options)]);
    }

    private static int Help(bool isWanted)
    {
        Print(HelpPage.OfAll(Parse(["--help"])));
        return isWanted ? 0 : Fail($"no verb is given; the verbs are {Names}", RecvException.Usage);
    }

    private static int Print(string page)
    {
        Console.Out.WriteLine(page.TrimEnd());
        return 0;
    }

    /// <summary>Says in one line why nothing is done.</summary>
    public static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine("recv: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }

    private static string Describe(Error error, Verb verb, IReadOnlyList<string> arguments) => error switch
    {
        MutuallyExclusiveSetError => "a scenario says layout, settings and destinations itself; "
            + $"leave out --scenario or {Given(verb, arguments, "layout")}",
        BadFormatConversionError bad =>
            $"option --{bad.NameInfo.LongName}: '{ValueOf(bad.NameInfo.LongName, arguments)}' is not {Kind(verb, bad.NameInfo.LongName)}",
        NamedError named => $"option --{named.NameInfo.LongName}: {named.Tag}",
        _ => error.Tag.ToString(),
    };

    private static string ValueOf(string option, IReadOnlyList<string> arguments) =>
        arguments.FirstOrDefault(argument => argument.StartsWith($"--{option}=", StringComparison.Ordinal))?[(option.Length + 3)..] ?? "";

    private static string Given(Verb verb, IReadOnlyList<string> arguments, string set) => string.Join(", ", verb.Options.GetProperties()
        .Select(property => (OptionAttribute?)Attribute.GetCustomAttribute(property, typeof(OptionAttribute)))
        .Where(option => option?.SetName == set && arguments.Any(argument => argument.Split('=')[0] == "--" + option.LongName))
        .Select(option => "--" + option!.LongName));

    private static string Kind(Verb verb, string option)
    {
        Type type = verb.Find(option)!.PropertyType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(double)) return "a number";
        return type == typeof(ulong) ? "a whole number from 0" : "a whole number that fits there";
    }

    private static string Names => string.Join(", ", All.Select(verb => verb.Name));
}
