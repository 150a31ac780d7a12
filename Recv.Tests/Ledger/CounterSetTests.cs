using Recv.Ledger;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Ledger;

public sealed class CounterSetTests
{
    private const int Counters = 200;

    [Fact]
    public void UnpublishedCountsAreNotRead()
    {
        var counters = new CounterSet(2);
        long[] values = new long[2];
        counters[0] = 5;
        counters.Read(values);
        Assert.Equal([0, 0], values);
        counters.Publish();
        counters[1] = 6;
        counters.Read(values);
        Assert.Equal([5, 0], values);
    }

    [Fact]
    public void AReadBesideAWriterIsOnePublicationNeverTwo()
    {
        var counters = new CounterSet(Counters);
        using var gate = new Gate("the writer is about to write");
        bool stop = false;
        var writer = new Thread(() =>
        {
            gate.Park();
            for (long publication = 1; !Volatile.Read(ref stop); publication++)
            {
                for (int i = 0; i < Counters; i++) counters[i] = publication;
                counters.Publish();
                // A batch takes much longer than its publication; without this a reader would hardly ever get in between.
                Thread.SpinWait(500);
            }
        });
        writer.Start();
        gate.WaitUntilParked();
        gate.Open();
        try
        {
            long[] values = new long[Counters];
            long last = 0;
            int different = 0;
            // Until many publications have been met, and no longer than that takes on the slowest machine.
            for (int read = 0; read < 200_000 && different < 5_000; read++)
            {
                counters.Read(values);
                if (values.AsSpan().ContainsAnyExcept(values[0])) Assert.Fail($"read {values.Min()} to {values.Max()} at once");
                Assert.True(values[0] >= last, "an older publication after a newer one");
                if (values[0] != last) different++;
                last = values[0];
            }
            Assert.True(different > 1, "the writer never ran beside the reader");
        }
        finally
        {
            Volatile.Write(ref stop, true);
            writer.Join();
        }
    }
}
