namespace Recv.Doctor.Checks;

/// <summary>Packets should not cross from the memory of one socket to the other's cores.</summary>
internal sealed class NumaCheck : IHostCheck
{
    private const string Name = "numa";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        int nodes = host.Names("/sys/devices/system/node", "node").Count;
        if (nodes <= 1)
        {
            yield return new Finding(Name, FindingLevel.Fine, "one memory node");
            yield break;
        }
        long? node = host.Interface is null ? null : host.Number($"/sys/class/net/{host.Interface}/device/numa_node");
        if (node is not >= 0)
        {
            yield return new Finding(Name, FindingLevel.Advice, $"{nodes} memory nodes",
                "cores of another node than the card's pay for each packet twice",
                $"cat /sys/class/net/IFACE/device/numa_node, and choose {Setting.Affinity.Option} from its cores");
            yield break;
        }
        string cores = host.Line($"/sys/devices/system/node/node{node}/cpulist") ?? "?";
        yield return new Finding(Name, FindingLevel.Advice, $"{host.Interface} is at memory node {node} of {nodes}",
            "cores of another node pay for each packet twice", $"choose {Setting.Affinity.Option} from cores {cores}");
    }
}
