using System.Text;
using Recv.Bench.InMemory;
using Recv.Layouts;

namespace Recv.Bench.Scaling;

/// <summary>The digitiser's layout with more to read and to check than any instrument has.</summary>
internal static class LargeLayout
{
    /// <summary>With <paramref name="more"/> optional items, each with a check of its own.</summary>
    public static IHeapLayout Digitiser(int more)
    {
        Traffic traffic = Traffic.Parse("digitiser")[0];
        var items = new StringBuilder();
        var checks = new StringBuilder("checks:\n");
        for (int item = 0; item < more; item++)
        {
            items.Append($"  more_{item}: {{id: {0x5100 + item}, default: {item}}}\n");
            checks.Append($"  - {{statistic: bad_more_{item}, unless: more_{item} < 1000}}\n");
        }
        string text = $$"""
            name: large-digitiser
            parameters: {heap_samples: 4096, sample_bits: 10, chunk_samples: 1048576, stride: chunk_samples * sample_bits / 8}
            items:
              timestamp: {id: 0x1600, required: true}
              digitiser_id: {id: 0x3101, default: -1}
              digitiser_status: {id: 0x3102, default: -1}
            {{items}}heap_bytes: heap_samples * sample_bits / 8
            timestamp: {item: timestamp, bits: 48, step: heap_samples}
            axes:
              - {name: pol, size: 2, index: digitiser_id & 1, stride: stride, labels: ["0", "1"]}
              - {name: time, size: chunk_samples / heap_samples}
            {{(more == 0 ? "" : checks)}}extra: {name: saturated, dtype: uint16, value: digitiser_status >> 32}
            samples: {dtype: int, bits: sample_bits, complex: false, big_endian: true}
            """;
        string file = Path.Combine(Directory.CreateTempSubdirectory("recv-bench-").FullName, "large-digitiser.yaml");
        try
        {
            File.WriteAllText(file, text);
            return LayoutCatalog.Resolve(file, traffic.Set, new Dictionary<string, string>()).Instance;
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }
}
