using System.Globalization;
using Recv.Cli;
using Recv.Memory;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Threads;

namespace Recv.Tests.Memory;

public sealed unsafe class NativeBlockTests
{
    private const long Megabyte = 1 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(4097)]
    [InlineData(2 << 20)]
    [InlineData((5 << 20) + 3)]
    public void ABlockIsZeroedAndWritableToItsLastByte(long length)
    {
        using NativeBlock block = NativeBlock.Allocate(length, "test");
        Assert.False(new ReadOnlySpan<byte>(block.Pointer, (int)length).ContainsAnyExcept((byte)0));
        block.Prefault();
        block.Pointer[length - 1] = 1;
        Assert.Equal(0, (long)block.Pointer % 4096);
    }

    [Fact]
    public void ALargeBlockBeginsWhereAHugePageCan()
    {
        using NativeBlock block = NativeBlock.Allocate(5 * Megabyte, "test");
        Assert.Equal(0, (long)block.Pointer % (2 * Megabyte));
    }

    [HostFact(HostNeed.LockedMemory)]
    public void ALockedBlockStaysInMemory()
    {
        using NativeBlock block = NativeBlock.Allocate(Megabyte, "test", new MemoryOptions { Locked = true });
        Assert.InRange(KilobytesOf(block, "Locked:"), 1024, long.MaxValue);
    }

    [HostFact(HostNeed.LockedMemory)]
    public void AnOrdinaryBlockIsNotLocked()
    {
        using NativeBlock block = NativeBlock.Allocate(Megabyte, "test");
        Assert.Equal(0, KilobytesOf(block, "Locked:"));
    }

    [HostFact(HostNeed.MemoryLockLimit)]
    public void ABlockThatMayNotBeLockedIsRefusedWithTheLineThatAllowsIt() => HostThreads.AsOrdinaryUser(() =>
    {
        RecvException refusal = Assert.Throws<RecvException>(() =>
            NativeBlock.Allocate(HostLimits.LockedBytes!.Value + Megabyte, "chunks", new MemoryOptions { Locked = true }).Dispose());
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.StartsWith("--lock-memory: cannot lock", Words.Of(refusal), StringComparison.Ordinal);
        Assert.Contains("for chunks", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -l unlimited", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    });

    [Fact]
    public void HugePagesThatTheHostHasNotGotAreRefusedWithTheLineThatMakesThem()
    {
        RecvException refusal = Assert.Throws<RecvException>(() => HugePagePool.Require(1L << 40, "8 chunks"));
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.StartsWith("--huge-pages: 8 chunks need 1099511627776 huge pages of ", Words.Of(refusal), StringComparison.Ordinal);
        Assert.Contains("sudo sysctl -w vm.nr_hugepages=", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void ABlockOnHugePagesIsOnThemOrRefused()
    {
        var options = new MemoryOptions { HugePages = true };
        try
        {
            using NativeBlock block = NativeBlock.Allocate(100, "a block", options);
            Assert.Equal(HugePagePool.PageBytes / 1024, KilobytesOf(block, "KernelPageSize:"));
            block.Prefault();
        }
        catch (RecvException refusal)
        {
            Assert.Equal(RecvException.Host, refusal.ExitCode);
            Assert.StartsWith("--huge-pages: a block needs one huge page of ", Words.Of(refusal), StringComparison.Ordinal);
        }
    }

    // The host's own node 0 and one that no host has: the kernel may refuse, the memory is there all the same.
    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    [InlineData(5000)]
    public void ANodeIsAWishAndNoCondition(int node)
    {
        using NativeBlock block = NativeBlock.Allocate(3 * Megabyte, "test", new MemoryOptions { Node = node });
        block.Prefault();
        block.Pointer[3 * Megabyte - 1] = 1;
        Assert.Equal((0, 1), (block.Pointer[0], block.Pointer[3 * Megabyte - 1]));
    }

    /// <summary>What the kernel says of the mapping that holds the block (proc_pid_smaps(5)).</summary>
    private static long KilobytesOf(NativeBlock block, string name)
    {
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            string[] ends = words[0].Split('-');
            if (ends.Length == 2 && ulong.TryParse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong from))
                inside = (ulong)block.Pointer >= from
                    && (ulong)block.Pointer < ulong.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            else if (inside && words[0] == name) return long.Parse(words[1], CultureInfo.InvariantCulture);
        }
        throw new InvalidOperationException($"smaps has no {name} for the block");
    }
}
