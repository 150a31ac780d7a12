using System.Globalization;
using Recv.Bench.Loopback;
using Recv.Bench.Peers;
using Recv.Bench.Receiving;

namespace Recv.Bench.Uring;

/// <summary>One of the ways of <c>peer/uring.c</c>.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record UringReceiver(string Program, string Way) : IContender
{
    // Of super-packets 16 fill the L2 cache; of single packets Recv takes 64 in a call.
    private const int SuperPackets = 16;
    private const int Packets = 64;

    /// <inheritdoc/>
    public string Name => Way;

    /// <summary>Compiles the program, unless that was done before.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="RecvException">There is no compiler, or no header of io_uring (exit code 3).</exception>
    public static string Compile()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "peer", "uring.c");
        string program = Path.Combine(ProgramCache.Folder("uring", File.ReadAllText(source)), "uring");
        if (File.Exists(program)) return program;
        Tools.Run("gcc", ["-std=gnu11", "-O3", "-DNDEBUG", source, "-o", program + ".new"]);
        File.Move(program + ".new", program, overwrite: true);
        return program;
    }

    /// <inheritdoc/>
    public IRunningReceiver Start(Link link)
    {
        int messages = link.Segmentation ? SuperPackets : Packets;
        return new TalkingReceiver(new ChildProcess(link.ReceiverCore, Program,
            string.Create(CultureInfo.InvariantCulture, $"{Way} {link.Port} {(long)link.BufferMiB << 20} {messages}")));
    }
}
