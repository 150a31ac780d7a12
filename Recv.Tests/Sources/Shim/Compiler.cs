using System.Collections.Concurrent;
using System.Diagnostics;

namespace Recv.Tests.Sources.Shim;

/// <summary>The C compiler of this host, if there is one.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static class Compiler
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Libraries = new();
    private static readonly Lazy<DirectoryInfo> Folder = new(() =>
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("recv-shim-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder;
    });

    /// <summary>The reference shim, compiled once.</summary>
    /// <param name="defines">Changes to it, as <c>-DNAME=VALUE</c>.</param>
    public static string ReferenceShim(string defines = "") => Libraries.GetOrAdd(defines, _ => new Lazy<string>(() =>
    {
        string library = Path.Combine(Folder.Value.FullName, $"shim{Libraries.Count}-{Guid.NewGuid():N}.so");
        string said = Link(Source("reference_shim.c"), library, defines);
        return said.Length == 0 ? library : throw new InvalidOperationException(said);
    })).Value;

    /// <summary>Makes a shared library of a C file.</summary>
    /// <param name="file">The source.</param>
    /// <param name="library">The result.</param>
    /// <param name="more">Other options, such as libraries.</param>
    /// <returns>What the compiler has to say; nothing when all is well.</returns>
    public static string Link(string file, string library, string more = "") => Run($"-O2 -shared -fPIC -o {library} {file} {more}");

    /// <summary>Looks at a C file as strictly as it can.</summary>
    /// <returns>What it has to say; nothing when all is well.</returns>
    public static string Check(string file) => Run($"-std=c11 -pedantic -D_GNU_SOURCE -fsyntax-only {file}");

    /// <summary>A C file beside the tests.</summary>
    public static string Source(string name) => Path.Combine(AppContext.BaseDirectory, "Shim", name);

    private static string Run(string arguments)
    {
        string words = $"-Wall -Wextra -Werror -I {Path.Combine(AppContext.BaseDirectory, "Shim")} {arguments}";
        var start = new ProcessStartInfo("cc", words) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : said + $"exit code {process.ExitCode}";
    }
}
