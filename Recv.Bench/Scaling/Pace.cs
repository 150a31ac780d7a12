using System.Runtime.InteropServices;

namespace Recv.Bench.Scaling;

/// <summary>Keeps the members of a group together, as the time of a real feed does.</summary>
/// <param name="members">How many.</param>
/// <param name="lead">Batches by which one may be ahead of the slowest.</param>
/// <remarks><b>Threading:</b> each member calls with its own number.</remarks>
internal sealed class Pace(int members, int lead)
{
    private readonly Position[] _positions = new Position[members];

    /// <summary>Spins while this member is too far ahead.</summary>
    public void WaitForOthers(int member)
    {
        var spin = new SpinWait();
        foreach (ref Position other in _positions.AsSpan())
        {
            while (_positions[member].Batches - Volatile.Read(ref other.Batches) > lead) spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>A batch is done.</summary>
    public void Advance(int member) => Volatile.Write(ref _positions[member].Batches, _positions[member].Batches + 1);

    /// <summary>Nobody has to wait for this member any more.</summary>
    public void End(int member) => Volatile.Write(ref _positions[member].Batches, long.MaxValue / 2);

    // Written by one member, read by all: each on two cache lines of its own.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Position
    {
        [FieldOffset(64)]
        public long Batches;
    }
}
