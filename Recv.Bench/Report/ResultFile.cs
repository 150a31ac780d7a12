using System.Text.Json;

namespace Recv.Bench.Report;

/// <summary>A <see cref="BenchResult"/> as JSON, each single run included.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Writes it at once or not at all, so that a run that was cut off leaves no half file.</summary>
    /// <exception cref="RecvException">It cannot be written (exit code 3).</exception>
    public static void Write(string file, BenchResult result)
    {
        try
        {
            string beside = file + ".new";
            File.WriteAllText(beside, JsonSerializer.Serialize(result, Format) + "\n");
            File.Move(beside, file, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw RecvException.HostRefused($"--json {file}: cannot write: {error.Message}", error);
        }
    }

    /// <summary>Reads it back.</summary>
    /// <exception cref="RecvException">It is no such file (exit code 2).</exception>
    public static BenchResult Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<BenchResult>(File.ReadAllText(file), Format)
                ?? throw new JsonException("empty");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw RecvException.BadUsage($"{file} is no result of Recv.Bench: {error.Message}; measure it again");
        }
    }
}
