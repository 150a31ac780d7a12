using System.Globalization;
using System.Reflection;
using CommandLine;
using Recv.Simulate;
using Recv.Simulate.Playback;
using Recv.Sources;

namespace Recv.Cli.Verbs;

/// <summary><c>recv replay --to</c>: a capture onto a socket.</summary>
internal static class PlaybackCommand
{
    /// <summary>Sends the capture until its end, or until somebody asks to stop.</summary>
    public static int Run(ReplayOptions options)
    {
        using var signals = new StopSignals();
        using var player = new CapturePlayer(ToPlayback(options), warning => Console.Error.WriteLine("recv: warning: " + warning));
        signals.Call(player.Stop);
        Task playing = Task.Factory.StartNew(player.Run, TaskCreationOptions.LongRunning);
        while (Task.WaitAny([playing], TimeSpan.FromSeconds(1)) < 0) Console.Error.WriteLine(Line(player));
        playing.GetAwaiter().GetResult();
        signals.Dispose();
        Console.Out.WriteLine(Line(player));
        if (player.Flawed > 0) Console.Out.WriteLine($"{player.Flawed} datagrams were recorded too short, or their lengths lie: not sent");
        if (player.Damage is { } damage) return Fail(damage);
        return player.Errors == 0 ? 0 : Fail($"{player.Errors} datagrams could not be sent: {player.LastError}");
    }

    private static PlaybackOptions ToPlayback(ReplayOptions options)
    {
        if (options.RealTime is null && options.MaxGap != PlaybackOptions.DefaultMaxGap)
            throw RecvException.BadUsage("replay: --max-gap is for --realtime; add it, or leave out --max-gap");
        if (options.Layout is not null || options.Scenario is not null || options.Report is not null)
            throw RecvException.BadUsage("replay: --to sends the capture as it is; leave out --layout, --scenario and --report, or --to");
        RefuseReceiveOptions(options);
        string[] destinations = [.. options.Destinations];
        if (destinations.Length > 1)
            throw RecvException.BadUsage("replay: with --to there is one --dst, which chooses the datagrams to send");
        return new PlaybackOptions
        {
            Files = [.. options.Files],
            Destination = destinations.Length == 0 ? null : SourceAddress.Parse(destinations[0]).Destination,
            To = [.. UdpDestination.ParseList(options.To!)],
            RateGbps = options.Rate,
            Speed = options.RealTime,
            MaxGap = options.MaxGap,
            Loops = options.Loop,
        };
    }

    private static void RefuseReceiveOptions(ReplayOptions options)
    {
        ReplayOptions untouched = Parser.Default.ParseArguments<ReplayOptions>([]).Value;
        IEnumerable<PropertyInfo> receiving =
            [.. typeof(ReceiveOptions).GetProperties(), typeof(ReplayOptions).GetProperty(nameof(ReplayOptions.Overrun))!];
        string[] set = [.. receiving.Where(option => IsSet(option.GetValue(options), option.GetValue(untouched)))
            .Select(option => "--" + option.GetCustomAttribute<OptionAttribute>()!.LongName)];
        if (set.Length > 0)
            throw RecvException.BadUsage($"replay: --to receives nothing; leave out {string.Join(", ", set)}, or --to");
    }

    private static bool IsSet(object? value, object? untouched) =>
        value is IEnumerable<string> list ? list.Any() : !Equals(value, untouched);

    private static int Fail(string message)
    {
        Console.Error.WriteLine("recv: " + message.ReplaceLineEndings(" "));
        return RecvException.Host;
    }

    private static string Line(CapturePlayer player) => string.Create(CultureInfo.InvariantCulture,
        $"sent {player.Packets:N0} datagrams, {player.Bytes / 1e6:N1} MB, {player.Bytes * 8e-9 / Math.Max(player.Seconds, 1e-9):F3} Gb/s");
}
