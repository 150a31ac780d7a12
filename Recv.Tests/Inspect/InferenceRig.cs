using Recv.Spead;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Processes;
using Recv.Tests.Support.Sinks;

namespace Recv.Tests.Inspect;

/// <summary>Infers a layout from a capture, and receives the capture with it by the command that was printed.</summary>
internal sealed class InferenceRig : IDisposable
{
    private const string TryIt = "Try it: recv ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recv-infer-");

    /// <summary>The layout that <see cref="Infer"/> writes.</summary>
    public string Layout => PathOf("inferred.yaml");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Writes the layout; gives the command line that is to receive with it, and what was warned of.</summary>
    public (string Command, IReadOnlyList<string> Warnings) Infer(string capture)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("inspect", capture, "--write-layout", Layout);
        Assert.True(code == 0, string.Join('\n', error));
        string line = Assert.Single(error, line => line.Contains(TryIt, StringComparison.Ordinal));
        return (line[(line.IndexOf(TryIt, StringComparison.Ordinal) + TryIt.Length)..],
            [.. error.Where(line => line.StartsWith("recv: warning: ", StringComparison.Ordinal))]);
    }

    /// <summary>Runs a printed command line as it is; all that is added is where to store the chunks.</summary>
    public IReadOnlyList<(long Time, string Hash)> Received(string command)
    {
        string folder = PathOf("printed");
        Run([.. command.Split(' ').Select(word => word.Trim('\'')), "--sink", "file:" + folder]);
        return StoredHeaps.In(folder);
    }

    public static void Run(params string[] arguments)
    {
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run(arguments);
        Assert.True(code == 0, string.Join('\n', error));
    }

    /// <summary>A capture of heaps of one packet, each with its immediate items and its payload, in SPEAD-64-48 or another
    /// flavour.</summary>
    /// <param name="heaps">The heaps.</param>
    /// <param name="flavour">64-48 if null.</param>
    /// <param name="shared">Heaps in a row that have the same heap cnt.</param>
    public static TemporaryFile Capture(
        IEnumerable<((long Id, long Value)[] Items, byte[] Payload)> heaps, Flavour? flavour = null, int shared = 1)
    {
        CaptureBuilder capture = new();
        long number = 0;
        foreach (((long Id, long Value)[] items, byte[] payload) in heaps)
        {
            var heap = new HeapBuilder(flavour ?? Flavour.Spead6448, number++ / shared);
            foreach ((long id, long value) in items) heap = heap.Immediate(id, value);
            capture.Add(new CaptureBuilder.Frame(heap.Addressed(0x4100, payload).Build().ToPackets(1400).Single()));
        }
        return capture.ToFile();
    }
}
