using System.Globalization;

namespace Recv.Bench.Receiving;

/// <summary>What our sender says at its end.</summary>
/// <param name="Gbps">Gigabits a second of datagrams that it really sent.</param>
/// <param name="CpuSeconds">User and system time, with all that the kernel did on its behalf: over loopback that is the way to the
/// receiver's socket.</param>
/// <param name="Errors">Packets that could not be sent.</param>
/// <param name="Packets">Packets that were.</param>
/// <remarks><b>Threading:</b> immutable. Written and read as one line of words.</remarks>
internal sealed record SendResult(double Gbps, double CpuSeconds, long Errors, long Packets)
{
    /// <summary>How long it sent, given the bytes of a datagram.</summary>
    public double Seconds(int packet) => Packets * (double)packet * 8e-9 / Gbps;

    /// <summary>The line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"gbps {Gbps:F4} cpu {CpuSeconds:F4} errors {Errors} packets {Packets}");

    /// <summary>Reads the line.</summary>
    public static SendResult Parse(string line)
    {
        string[] words = line.Trim().Split(' ');
        double Value(string name) => double.Parse(words[Array.IndexOf(words, name) + 1], CultureInfo.InvariantCulture);
        return new SendResult(Value("gbps"), Value("cpu"), (long)Value("errors"), (long)Value("packets"));
    }
}
