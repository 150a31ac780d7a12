using Recv.Memory;

namespace Recv.Tests.Memory;

public sealed class NumaNodesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("recv-numa-").FullName;

    [Fact]
    public void TheNodeOfACoreIsTheOneThatListsIt()
    {
        Node(0, "0-3,8-11\n");
        Node(1, "4-7,12-15\n");
        Assert.Equal([0, 1, 0, 1], new[] { 3, 4, 11, 12 }.Select(core => Near(core)));
    }

    [Fact]
    public void CoresOfOneNodeShareIt()
    {
        Node(0, "0,2\n");
        Node(1, "1,3\n");
        Assert.Equal(1, Near(1, 3));
    }

    [Fact]
    public void CoresOfSeveralNodesHaveNone()
    {
        Node(0, "0,2\n");
        Node(1, "1,3\n");
        Assert.Equal(MemoryOptions.AnyNode, Near(0, 1));
    }

    [Fact]
    public void AStreamWithoutACoreHasNone()
    {
        Node(0, "0-3\n");
        Node(1, "4-7\n");
        Assert.Equal(MemoryOptions.AnyNode, Near(-1));
        Assert.Equal(MemoryOptions.AnyNode, Near(2, -1));
        Assert.Equal(MemoryOptions.AnyNode, Near(99));
    }

    [Fact]
    public void OneNodeIsAsGoodAsNone()
    {
        Node(0, "0-1\n");
        Assert.Equal(MemoryOptions.AnyNode, Near(1));
    }

    [Fact]
    public void ANodeWithMemoryOnlyIsNearNoCore()
    {
        Node(0, "0-1\n");
        Node(1, "2-3\n");
        Node(2, "\n");
        Assert.Equal(1, Near(2));
    }

    [Fact]
    public void AbsentOrMalformedNodeFilesGiveNoNode()
    {
        Assert.Equal(MemoryOptions.AnyNode, NumaNodes.Near([0], Path.Combine(_root, "nowhere")));
        Node(0, "0-1\n");
        Node(1, "2-,x,4-3,999999999,-\n");
        Directory.CreateDirectory(Path.Combine(_root, "nodeless"));
        Assert.Equal(MemoryOptions.AnyNode, Near(2));
    }

    [Fact]
    public void NodesOfThisMachineAreRead() => Assert.InRange(NumaNodes.Near([0]), MemoryOptions.AnyNode, 1023);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private int Near(params int[] cores) => NumaNodes.Near(cores, _root);

    private void Node(int node, string cores)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, $"node{node}")).FullName;
        File.WriteAllText(Path.Combine(folder, "cpulist"), cores);
    }
}
