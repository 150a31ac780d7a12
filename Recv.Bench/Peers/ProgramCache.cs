using System.Security.Cryptography;
using System.Text;

namespace Recv.Bench.Peers;

/// <summary>Where compiled programs are kept: compiling takes longer than measuring.</summary>
internal static class ProgramCache
{
    /// <summary>A folder in the user's cache, made if it is not there.</summary>
    /// <param name="kind">Front of its name.</param>
    /// <param name="madeOf">Everything that the programs depend on, which gives the rest of the name.</param>
    public static string Folder(string kind, string madeOf)
    {
        string name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(madeOf)))[..16];
        string cache = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        return Directory.CreateDirectory(Path.Combine(cache, "recv-bench", $"{kind}-{name}")).FullName;
    }
}
