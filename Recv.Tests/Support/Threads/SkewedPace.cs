namespace Recv.Tests.Support.Threads;

/// <summary>
/// Makes threads run unevenly, but not too much: they stay within two batches of each other, except where the last member falls
/// behind the first by six.
/// </summary>
/// <remarks><b>Threading:</b> each member on its own thread.</remarks>
internal sealed class SkewedPace(int seed, int members)
{
    private const int Lead = 2;
    private const int LargeLead = 8;

    private readonly Random[] _random = [.. Enumerable.Range(0, members).Select(member => new Random(seed + member))];
    private readonly int[] _batches = new int[members];

    /// <summary>A member asks for its next batch.</summary>
    public void Next(int member)
    {
        int batch = Volatile.Read(ref _batches[member]) + 1;
        Volatile.Write(ref _batches[member], batch);
        int lead = batch % 20 >= 12 ? LargeLead : Lead;
        for (int other = 0; other < members; other++) WaitFor(other, batch - lead);
        if (member == members - 1 && batch % 20 == 12) WaitFor(0, batch + 6);
        Random random = _random[member];
        if (random.Next(6) > 0) return;
        for (int turn = random.Next(400); turn > 0; turn--) Thread.Yield();
    }

    /// <summary>Nobody waits for a member that has ended.</summary>
    public void End(int member) => Volatile.Write(ref _batches[member], int.MaxValue);

    private void WaitFor(int member, int batch) =>
        Eventually.Holds(() => Volatile.Read(ref _batches[member]) >= batch, $"batch {batch} of member {member}");
}
