using System.Runtime.InteropServices;
using Recv.Ledger;
using Recv.Sources;
using Recv.Sources.Shim;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Sources.Shim;

public sealed class ShimSourceTests
{
    [Fact]
    public void ADatagramIsLaidOutAsAPacketOfAShim()
    {
        Assert.Equal(Marshal.SizeOf<ShimLibrary.Packet>(), Marshal.SizeOf<Datagram>());
        (string, string)[] pairs = [
            ("Data", "Data"), ("Length", "Length"), ("Flags", "Flaw"), ("ArrivalNanoseconds", "ArrivalNanoseconds")];
        foreach ((string field, string name) in pairs)
            Assert.Equal(Marshal.OffsetOf<ShimLibrary.Packet>(field), Marshal.OffsetOf<Datagram>(name));
    }

    [HostFact(HostNeed.Compiler)]
    public void FlawsOfTheLibraryBecomeOutcomes()
    {
        using ShimFixture fixture = ShimFixture.Open();
        fixture.Feed([1], ShimLibrary.Truncated);
        fixture.Feed([2], ShimLibrary.Fragment);
        fixture.Feed([3], ShimLibrary.BadLength);
        fixture.Feed([4], 0, length: 1_000_000);
        fixture.Feed([5], 1 << 20);
        fixture.Feed([6], 0);
        Datagram[] batch = new Datagram[8];
        Assert.Equal(6, fixture.Source.Receive(batch, wait: true));
        Assert.Equal(
            [Outcome.TruncatedDatagram, Outcome.Fragment, Outcome.BadUdpLength, Outcome.BadUdpLength,
                Outcome.BadUdpLength, Outcome.None],
            batch[..6].Select(datagram => datagram.Flaw));
        Assert.All(batch[..5], datagram => Assert.Equal(0, datagram.Length));
        Assert.Equal([6], batch[5].Span.ToArray());
        Assert.Equal(6, batch[5].ArrivalNanoseconds);
    }

    [HostFact(HostNeed.Compiler)]
    public void CountsOfTheLibraryAreThoseOfTheSourceAlsoAfterItsEnd()
    {
        using ShimFixture fixture = ShimFixture.Open();
        fixture.Feed([1], ShimLibrary.Truncated);
        fixture.Source.Receive(new Datagram[8], wait: true);
        fixture.Source.Dispose();
        SourceStatus status = fixture.Source.Status;
        Assert.Equal((1, 7, 1024 * 2048), (status.RingDropped, status.Skipped!["other_destination"], status.BufferGrantedBytes));
    }

    [HostFact(HostNeed.Compiler)]
    public void ALibraryThatFailsEndsTheStreamAndSaysWhy()
    {
        using ShimFixture fixture = ShimFixture.Open();
        fixture.End(2);
        Assert.Equal(0, fixture.Source.Receive(new Datagram[8], wait: true));
        Assert.True(fixture.Source.Ended);
        Assert.EndsWith(": the test has pulled the cable", ((ShimSource)fixture.Source).Failure, StringComparison.Ordinal);
    }

    [HostFact(HostNeed.Compiler)]
    public void ARefusalOfTheLibraryIsItsOwnLine() =>
        AssertRefused($"shim:{Compiler.ReferenceShim()}?frob", "'frob' is not memory=FD&event=FD");

    [HostFact(HostNeed.Compiler)]
    public void AnotherVersionIsRefused() =>
        AssertRefused($"shim:{Compiler.ReferenceShim("-DOTHER_ABI=99u")}", "version 99 of recv_shim.h, this is 1");

    [Fact]
    public void ALibraryThatIsNotThereIsRefused() =>
        AssertRefused("shim:/nowhere/lib.so", "cannot load /nowhere/lib.so: No such file; check the path");

    [Fact]
    public void ALibraryThatTheSystemDoesNotFindIsRefused() =>
        AssertRefused("shim:librecvnowhere.so", "cannot load librecvnowhere.so: No such file where the system looks for libraries");

    [Fact]
    public void AFileThatIsNoLibraryIsRefused()
    {
        using TemporaryFile file = new(new byte[1000]);
        AssertRefused($"shim:{file.Path}", "not a shared library; compile it with cc -shared -fPIC");
    }

    [HostFact(HostNeed.Compiler)]
    public void FunctionThatALibraryLacksIsNamed()
    {
        using TemporaryFolder folder = new();
        (string needed, string library) = (Path.Combine(folder.Path, "libneeded.so"), Path.Combine(folder.Path, "shim.so"));
        string source = Path.Combine(folder.Path, "empty.c");
        File.WriteAllText(source, "int nothing;");
        Assert.Equal("", Compiler.Link(source, needed));
        Assert.Equal("", Compiler.Link(source, library, $"-Wl,--no-as-needed -L{folder.Path} -lneeded"));
        File.Delete(needed);
        AssertRefused($"shim:{library}", $"cannot load {library}: it needs libneeded.so, which is not installed");
    }

    [Fact]
    public void ALibraryThatIsNoShimIsRefused() => AssertRefused("shim:libc.so.6", "no function recv_shim_abi");

    [HostFact(HostNeed.Compiler)]
    public void TheHeaderAndTheReferenceCompileWithoutAWarning() =>
        Assert.Equal("", Compiler.Check(Compiler.Source("reference_shim.c")));

    [HostFact(HostNeed.Ibverbs)]
    public void TheExampleOfTheGuideCompiles() => Assert.Equal("", Compiler.Check(Compiler.Source("ibverbs_shim.c")));

    // Without a card that is as far as it goes: it is a library that is linked whole, and a shim of this version.
    [HostFact(HostNeed.Ibverbs)]
    public void TheExampleOfTheGuideIsAShimAndSaysThatThereIsNoCard()
    {
        using TemporaryFolder folder = new();
        string library = Path.Combine(folder.Path, "libibverbs_shim.so");
        Assert.Equal("", Compiler.Link(Compiler.Source("ibverbs_shim.c"), library, "-libverbs"));
        AssertRefused($"shim:{library}?device=recv_nowhere&port=1&ip=239.10.10.0&udp=7148", "no such device; see ibv_devices");
    }

    private static void AssertRefused(string text, params string[] parts)
    {
        using ShimSource source = new(SourceAddress.Parse(text));
        RecvException refusal = Assert.Throws<RecvException>(source.Open);
        Assert.Equal(RecvException.Host, refusal.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', refusal.Message);
    }
}
