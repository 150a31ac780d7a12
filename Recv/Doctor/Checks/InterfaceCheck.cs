using Recv.Sources.Frames;

namespace Recv.Doctor.Checks;

/// <summary>The interface to be received on: whether it is there and up, and what its driver says.</summary>
internal sealed class InterfaceCheck : IHostCheck
{
    private const string Name = "interface";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        if (host.Interface is not { } name) yield break;
        Device? device = Find(name);
        if (device is null)
            yield return new Finding(Name, FindingLevel.Problem, $"there is no interface {name} here", "nothing can be received on it",
                "see what there is: ip -br link");
        else if (!device.IsUp)
            yield return new Finding(Name, FindingLevel.Problem, $"{name} is down", "nothing arrives on it", $"sudo ip link set {name} up");
        else
            yield return new Finding(Name, FindingLevel.Fine, $"{name} is up, MTU {device.Mtu}{Driver(device)}{Queues(device)}");
    }

    private static Device? Find(string name)
    {
        try
        {
            return Device.Find(name, name);
        }
        catch (RecvException)
        {
            return null;
        }
    }

    private static string Driver(Device device) => device.Driver.Length == 0 ? "" : $", driver {device.Driver}";

    private static string Queues(Device device) => device.Queues switch
    {
        0 => "",
        1 => $", 1 receive queue (xdp:{device.Name}/0)",
        _ => $", {device.Queues} receive queues (xdp:{device.Name}/0-{device.Queues - 1})",
    };
}
