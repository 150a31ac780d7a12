using System.Reflection;
using Recv.Sources;
using Recv.Tests.Support.House;
using Recv.Tests.Support.Needs;

namespace Recv.Tests;

public sealed class ArchitectureTests
{
    // The tests' own deliberately wrong house.
    private static readonly HouseRules Fixture =
        new("Recv.Tests.Support.House.Fixture", ["Lower", "Upper"], "Recv.Tests.Support.House.Fixture.Door");

    private static readonly IReadOnlyList<string> FixtureBreaches =
        Fixture.Breaches(AssemblyUses.In(typeof(ArchitectureTests).Assembly.Location));

    // Of Spead only the decoder and of Streams only the placing should have them; files come and go, so rooms are named.
    private static readonly string[] PointerRooms =
    [
        "Native/", "Memory/", "Rings/", "Spead/", "Streams/", "Sources/", "Sinks/Gpu/",
    ];

    private static readonly string[] PointerFreeRooms = ["Sources/Memory/", "Sources/Pcap/"];

    [Fact]
    public void ARoomUsesOnlyRoomsAboveIt() =>
        Assert.Empty(HouseRules.OfRecv.Breaches(AssemblyUses.In(typeof(RecvException).Assembly.Location)));

    [Fact]
    public void TheMetadataShowUsesThatAreKnownToBeThere()
    {
        IReadOnlyList<TypeUse> uses = AssemblyUses.In(typeof(RecvException).Assembly.Location);
        Assert.Contains(new TypeUse("Recv.Chunks.Chunk", "Recv.Layouts.LayoutShape"), uses);
        Assert.Contains(new TypeUse("Recv.Memory.NativeBlock", "Recv.RecvException"), uses);
    }

    [Theory]
    [InlineData("ByBase")]
    [InlineData("ByInterface")]
    [InlineData("ByField")]
    [InlineData("ByParameter")]
    [InlineData("ByLocal")]
    [InlineData("ByCall")]
    [InlineData("ByGenericCall")]
    [InlineData("ByGenericArgument")]
    [InlineData("ByConstraint")]
    [InlineData("ByAttribute")]
    [InlineData("ByTypeof")]
    [InlineData("ByCatch")]
    [InlineData("ByLambda")]
    [InlineData("ByNestedType")]
    [InlineData("ByArray")]
    public void AUseOfALaterRoomIsFound(string user) => Assert.Contains(
        FixtureBreaches, breach => breach.StartsWith($"{Fixture.Root}.Lower.{user} uses {Fixture.Root}.Upper.", StringComparison.Ordinal));

    [Fact]
    public void NothingElseIsABreach() => Assert.All(FixtureBreaches, breach => Assert.Matches(
        @"\.Lower\.By\w+ uses |\.Shared uses |\.Attic\.Box is in no room of the design", breach));

    [Fact]
    public void ATypeForEverybodyMayUseNoRoom() =>
        Assert.Contains($"{Fixture.Root}.Shared uses {Fixture.Root}.Lower.Allowed", FixtureBreaches);

    [Fact]
    public void ARoomThatTheDesignDoesNotNameIsFound() =>
        Assert.Contains($"{Fixture.Root}.Attic.Box is in no room of the design", FixtureBreaches);

    // A new kind of source touches its own folder, the grammar of addresses and the factory.
    [Fact]
    public void NobodyOutsideSourcesNamesAKindOfSource()
    {
        var kinds = typeof(IPacketSource).Assembly.GetTypes().Where(type => type is { IsClass: true, IsNested: false })
            .Where(typeof(IPacketSource).IsAssignableFrom).Select(type => type.FullName!).ToHashSet();
        Assert.Contains("Recv.Sources.Udp.UdpSource", kinds);
        Assert.Empty(AssemblyUses.In(typeof(RecvException).Assembly.Location)
            .Where(use => kinds.Contains(use.Used) && !use.User.StartsWith("Recv.Sources.", StringComparison.Ordinal))
            .Select(use => $"{use.User} uses {use.Used}"));
    }

    // A room says what a setting is; the command line says how it is typed.
    [SourceTreeFact]
    public void NobodyBelowTheCommandLineSpellsAnOption()
    {
        string[] options = [.. Recv.Cli.Verbs.Verbs.Known.SelectMany(verb => verb.OptionNames).Distinct()];
        Assert.Contains("--max-heaps", options);
        Assert.Empty(HouseRules.StringsOutside(
            Path.Combine(SourceTree.Root!, "Recv"), path => path.StartsWith("Cli/", StringComparison.Ordinal))
            .Where(found => Array.Exists(options, option => found.Text.Contains(option + " ", StringComparison.Ordinal)
                || found.Text.Contains(option + ":", StringComparison.Ordinal)
                || found.Text.Contains(option + ")", StringComparison.Ordinal)
                || found.Text.EndsWith(option, StringComparison.Ordinal)))
            .Select(found => $"{found.Place}: {found.Text}"));
    }

    [Fact]
    public void EverySettingThatAMessageNamesIsAnOption()
    {
        string[] options = [.. Recv.Cli.Verbs.Verbs.Known.SelectMany(verb => verb.OptionNames).Distinct()];
        Assert.All(typeof(Setting).GetProperties(BindingFlags.Public | BindingFlags.Static),
            setting => Assert.Contains(((Setting)setting.GetValue(null)!).Option, options));
    }

    // Two ways to wait are two protocols to get wrong.
    [Fact]
    public void RingsAndSourcesWaitNowhereButInParking()
    {
        Type[] ways = [typeof(WaitHandle), typeof(SemaphoreSlim), typeof(ManualResetEventSlim), typeof(CountdownEvent),
            typeof(CancellationTokenSource)];
        Assert.Empty(typeof(IPacketSource).Assembly.GetTypes()
            .Where(type => type.FullName!.StartsWith("Recv.Rings.", StringComparison.Ordinal)
            || type.FullName.StartsWith("Recv.Sources.", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(
            BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(field => Array.Exists(ways, way => way.IsAssignableFrom(field.FieldType)))
            .Select(field => $"{field.DeclaringType}.{field.Name}"));
    }

    [SourceTreeFact]
    public void PointersStayInTheRoomsThatNeedThem() => Assert.Empty(HouseRules.UnsafeOutside(
        Path.Combine(SourceTree.Root!, "Recv"),
        path => PointerRooms.Any(path.StartsWith) && !PointerFreeRooms.Any(path.StartsWith)));

    [SourceTreeFact]
    public void TheWordUnsafeIsFoundButNotInComments()
    {
        string folder = Path.Combine(SourceTree.Root!, "Recv", "Memory");
        IReadOnlyList<string> all = HouseRules.UnsafeOutside(folder, _ => false);
        Assert.Contains(all, breach => breach.StartsWith("NativeBlock.cs:", StringComparison.Ordinal));
        Assert.Empty(HouseRules.UnsafeOutside(folder, _ => true));
        Assert.Empty(HouseRules.UnsafeOutside(Path.Combine(SourceTree.Root!, "Recv.Tests", "Support", "House", "Fixture"), _ => false));
    }
}
