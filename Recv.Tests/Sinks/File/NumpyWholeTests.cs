using System.Text.Json.Nodes;
using Recv.Tests.Support.Captures;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Sinks.File;

/// <summary>Every byte that NumPy loads of what the file sink stored, against the report of the same run.</summary>
public sealed class NumpyWholeTests
{
    [HostTheory(HostNeed.Numpy)]
    [InlineData("digitiser-clean-10bit")]
    [InlineData("fengine-lost-packets")]
    [InlineData("beam-lost-heaps")]
    public void ArraysLoadedByNumpyHaveTheHashesOfTheReport(string key)
    {
        VectorScenario scenario = VectorScenarios.Load(key);
        using var folder = new TemporaryFolder();
        using var report = new TemporaryFile([]);
        (int code, _, IReadOnlyList<string> error) = RecvInProcess.Run("replay", scenario.PcapPath, "--scenario", scenario.JsonPath,
            "--report", report.Path, "--sink", "file:" + folder.Path);
        Assert.True(code == 0, string.Join('\n', error));
        string loaded = Python.Run("""
            import glob, hashlib, json, os, sys, numpy
            def sha(array):
                return hashlib.sha256(array.tobytes()).hexdigest()
            for side in sorted(glob.glob(sys.argv[1] + '/*.json')):
                stem = side[:-5]
                data, present = numpy.load(stem + '.npy'), numpy.load(stem + '.present.npy')
                extra = sha(numpy.load(stem + '.extra.npy')) if os.path.exists(stem + '.extra.npy') else '-'
                print(json.load(open(side))['chunk_id'], int(present.sum()), ''.join(map(str, present.ravel().tolist())), sha(data), extra)
            """, folder.Path);
        JsonArray chunks = JsonNode.Parse(System.IO.File.ReadAllText(report.Path))!["chunks"]!.AsArray();
        string[] expected = [.. chunks.Select(chunk => chunk!).Select(chunk =>
            $"{chunk["chunk_id"]} {chunk["present_count"]} {chunk["present"]} {chunk["data_sha256"]} "
                + $"{chunk["extra_sha256"]?.ToString() ?? "-"}")];
        Assert.NotEmpty(expected);
        Assert.Equal(expected, loaded.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
