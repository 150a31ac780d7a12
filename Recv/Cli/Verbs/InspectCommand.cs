using System.Globalization;
using System.Text.Json;
using Recv.Cli.View;
using Recv.Files;
using Recv.Inspect;
using Recv.Layouts;
using Recv.Native;
using Recv.Sources;

namespace Recv.Cli.Verbs;

/// <summary><c>recv inspect</c>: what is in a capture or on a port.</summary>
internal static class InspectCommand
{
    // Two seconds show every sender of an array a few times.
    private const double LiveSeconds = 2;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Looks, and prints what was seen.</summary>
    public static int Run(InspectOptions options)
    {
        string[] words = [.. options.Sources];
        if (words.Length == 0) throw RecvException.BadUsage(
            "inspect: name a capture or a source: recv inspect feed.pcap, recv inspect 239.10.10.0+7:7148?if=eth0");
        if (options.Seconds is { } seconds && !(seconds is > 0 and <= 1e9))
            throw RecvException.BadUsage($"--seconds {seconds.ToString(CultureInfo.InvariantCulture)}: give more than 0");
        if (options.WriteLayout is { } layout) RefuseWhatIsThere(layout);
        Volatile.Write(ref _stopped, false);
        using var signals = new StopSignals();
        using IPacketSource source = Open(options, words);
        signals.Call(() => Stop(source));
        var inspector = new TrafficInspector(options.BugCompat);
        Look(source, inspector, options.Seconds ?? (source.IsLive ? LiveSeconds : null));
        signals.Dispose();
        inspector.Finish();
        // What was dropped behind the last datagram that came.
        source.ReadDrops();
        var inspection = new Inspection(inspector, source.Name, source.Status);
        TextWriter page = options.WriteLayout is { } written && StandardStreams.IsOutput(written) ? Console.Error : Console.Out;
        if (options.Json) page.WriteLine(inspection.ToJson().ToJsonString(Indented));
        else foreach (string line in inspection.ToPage()) page.WriteLine(line);
        if (options.WriteLayout is not null) WriteLayout(options, options.WriteLayout, inspection, words);
        if (!source.IsLive) foreach (string warning in source.Warnings) Console.Error.WriteLine("recv: warning: " + warning);
        if ((source.Failure ?? source.Damage) is not { } damage) return 0;
        Console.Error.WriteLine("recv: " + damage);
        return RecvException.Host;
    }

    private static bool _stopped;

    private static void Stop(IPacketSource source)
    {
        Volatile.Write(ref _stopped, true);
        source.Wake();
    }

    /// <summary>A word with the form of a source is one; anything else is a file.</summary>
    private static bool IsFile(string text) => File.Exists(text) || (!text.Contains(':') && !text.Contains('+'));

    private static IPacketSource Open(InspectOptions options, string[] words)
    {
        bool isFile = IsFile(words[0]);
        if (words.Length > 1 && Array.Find(words, word => !IsFile(word)) is { } other)
            throw RecvException.BadUsage($"inspect: '{other}' is no file; several captures are one feed, sources are looked at one by one");
        if (!isFile && options.Destination is not null)
            throw RecvException.BadUsage($"--dst {options.Destination}: chooses datagrams of a capture that is named by its file; "
                + "of a source its address does (pcap:FILE?dst=ADDR:PORT)");
        EndpointRange? destination = options.Destination is null ? null : SourceAddress.Parse(options.Destination).Destination;
        // Without GRO each datagram has a time of its own.
        IPacketSource source = isFile ? SourceFactory.OfCaptures(words, destination)
            : SourceFactory.Create(SourceAddress.ParseList(words[0]), new SourceOptions { Gro = false });
        (source as IOriginSource)?.KeepOrigins();
        source.Open();
        return source;
    }

    private static void Look(IPacketSource source, TrafficInspector inspector, double? seconds)
    {
        var origins = source as IOriginSource;
        var batch = new Datagram[source.MaxBatch];
        long deadline = seconds is { } limit && source.IsLive ? Environment.TickCount64 + (long)(limit * 1000) : long.MaxValue;
        var clock = new SteppingClock();
        while (!source.Ended && !Volatile.Read(ref _stopped) && Environment.TickCount64 < deadline)
        {
            int count = source.Receive(batch, wait: true);
            for (int i = 0; i < count; i++)
            {
                clock.Add(batch[i].ArrivalNanoseconds);
                // Of a capture the seconds are those of its own clock.
                if (!source.IsLive && seconds is { } most && clock.Elapsed > most * 1e9) return;
                inspector.Add(batch[i], origins?.OriginOf(i) ?? default);
            }
            source.Release();
        }
    }

    /// <summary>Before a long look, rather than after it. Devices and pipes can be written.</summary>
    private static void RefuseWhatIsThere(string file)
    {
        string what = $"--write-layout {file}";
        if (Directory.Exists(file)) throw FileRefusal.Write(what, file, new IOException(file));
        if (Libc.KindOf(file) == Libc.S_IFREG) throw FileRefusal.There(what);
    }

    private static void WriteLayout(InspectOptions options, string file, Inspection inspection, string[] words)
    {
        bool isOutput = StandardStreams.IsOutput(file);
        string name = isOutput ? "" : new([.. Path.GetFileNameWithoutExtension(file).Select(c =>
            char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')]);
        string text = inspection.ToLayout(name.Length == 0 ? "inferred" : name);
        // What we wrote must be what we read.
        LayoutCatalog.Compile(file, text, new Dictionary<string, string>(), new Dictionary<string, string>());
        try
        {
            using var writer = new StreamWriter(NewFile.Open(file));
            writer.Write(text);
        }
        catch (Exception failure) when (FileRefusal.Is(failure))
        {
            throw FileRefusal.Write($"--write-layout {file}", file, failure);
        }
        // What it says of the command supposes that it is kept under the layout's name.
        string kept = isOutput ? "inferred.yaml" : file;
        foreach (string doubt in inspection.Doubts) Console.Error.WriteLine($"recv: warning: {file}: {doubt}");
        Console.Error.WriteLine(
            $"recv: wrote {file}; its comments say what cannot be known. Try it: {Command(options, kept, inspection, words)}");
    }

    /// <summary>What receives with the layout what was just looked at.</summary>
    private static string Command(InspectOptions options, string layout, Inspection inspection, string[] words)
    {
        string receive = IsFile(words[0]) ? $"recv replay {string.Join(' ', words.Select(Quoted))}" : $"recv run --src {Quoted(words[0])}";
        string destination = options.Destination is null ? "" : $" --dst {Quoted(options.Destination)}";
        return $"{receive}{destination} --layout {Quoted(layout)}{inspection.StreamOptions}";
    }

    /// <summary>A word as a shell reads it back.</summary>
    private static string Quoted(string word) => word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:+@,=".Contains(c))
        ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
