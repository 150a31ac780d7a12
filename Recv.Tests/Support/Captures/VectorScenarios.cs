using System.Collections.Concurrent;

namespace Recv.Tests.Support.Captures;

/// <summary>
/// The golden vectors that come with the tests and, when RECV_VECTORS names a folder, those in it (their keys begin with
/// <c>RECV_VECTORS/</c>), as theory data: one test case per scenario.
/// </summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
public static class VectorScenarios
{
    /// <summary>The environment variable that names another folder of vectors.</summary>
    public const string Variable = "RECV_VECTORS";

    private static readonly ConcurrentDictionary<string, VectorScenario> Cache = new();

    /// <summary>Every scenario.</summary>
    public static TheoryData<string> All => Where(_ => true);

    /// <summary>Scenarios with a layout: all but the captures of spead2_send.</summary>
    public static TheoryData<string> WithChunks => Where(scenario => !scenario.IsSpead2Send);

    /// <summary>Captures of spead2_send.</summary>
    public static TheoryData<string> OfSpead2Send => Where(scenario => scenario.IsSpead2Send);

    /// <summary>The keys of the scenarios that <paramref name="wanted"/> wants.</summary>
    public static TheoryData<string> Where(Func<VectorScenario, bool> wanted)
    {
        var keys = new TheoryData<string>();
        foreach (string key in Keys().Where(key => wanted(Load(key)))) keys.Add(key);
        return keys;
    }

    /// <summary>The scenario of a key.</summary>
    public static VectorScenario Load(string key) => Cache.GetOrAdd(key, _ =>
        VectorReader.Read(Path.Combine(FolderOf(key), Path.GetFileName(key) + ".json")));

    private static string FolderOf(string key) =>
        key.StartsWith(Variable + "/", StringComparison.Ordinal) ? Extra()! : BuiltIn;

    private static string BuiltIn => Path.Combine(AppContext.BaseDirectory, "Vectors");

    private static string? Extra()
    {
        string? folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder)) return null;
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{Variable} names {folder}, which is not a folder");
        return folder;
    }

    private static IEnumerable<string> Keys()
    {
        foreach (string name in NamesIn(BuiltIn)) yield return name;
        if (Extra() is not { } folder) yield break;
        foreach (string name in NamesIn(folder)) yield return $"{Variable}/{name}";
    }

    private static IEnumerable<string> NamesIn(string folder) =>
        Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal);
}
