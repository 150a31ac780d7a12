using System.Globalization;

namespace Recv.Memory;

/// <summary>Which NUMA node is near a core, as sysfs tells it.</summary>
/// <remarks><b>Threading:</b> reads each time; any thread.</remarks>
public static class NumaNodes
{
    /// <summary>Where the kernel tells it.</summary>
    public const string SystemRoot = "/sys/devices/system/node";

    /// <summary>The node that is near all of <paramref name="cores"/>; <see cref="MemoryOptions.AnyNode"/> when there is only one
    /// node, when the cores are on several, or one of them is not named (negative).</summary>
    public static int Near(IEnumerable<int> cores, string root = SystemRoot)
    {
        Dictionary<int, int> nodes = NodesByCore(root);
        if (nodes.Values.Distinct().Count() < 2) return MemoryOptions.AnyNode;
        int[] near = [.. cores.Select(core => nodes.GetValueOrDefault(core, MemoryOptions.AnyNode)).Distinct()];
        return near is [int only] ? only : MemoryOptions.AnyNode;
    }

    private static Dictionary<int, int> NodesByCore(string root)
    {
        Dictionary<int, int> nodes = [];
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(root, "node*"))
            {
                if (!int.TryParse(Path.GetFileName(folder).AsSpan("node".Length), NumberStyles.None, CultureInfo.InvariantCulture,
                    out int node)) continue;
                foreach (int core in CoresOf(File.ReadAllText(Path.Combine(folder, "cpulist")))) nodes[core] = node;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A kernel without NUMA, or a container that hides it: then no node is nearer.
            nodes.Clear();
        }
        return nodes;
    }

    /// <summary>Reads a list such as <c>0-15,32-47</c>; empty for a node with memory only.</summary>
    private static IEnumerable<int> CoresOf(string list)
    {
        foreach (string range in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = range.Split('-');
            if (!Core(ends[0], out int first) || !Core(ends[^1], out int last)) continue;
            for (int core = first; core <= last; core++) yield return core;
        }
    }

    private static bool Core(string text, out int core) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out core) && core < MostCores;

    // Of the kernel's largest configuration.
    private const int MostCores = 8192;
}
