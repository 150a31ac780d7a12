using System.Globalization;

namespace Recv.Memory;

/// <summary>The host's pool of huge pages, as <c>/proc/meminfo</c> tells it.</summary>
/// <remarks><b>Threading:</b> reads each time; any thread.</remarks>
internal static class HugePagePool
{
    private const string MemInfo = "/proc/meminfo";

    // Where the kernel says nothing: that of x86-64 and of Arm with 4 KiB pages.
    private const long UsualBytes = 2 * 1024 * 1024;

    /// <summary>Bytes of a page.</summary>
    public static readonly long PageBytes = Math.Max(1, Read("Hugepagesize:") ?? UsualBytes / 1024) * 1024;

    /// <summary>Pages for a block of this size.</summary>
    public static long PagesFor(long bytes) => (bytes + PageBytes - 1) / PageBytes;

    /// <summary>Sees to it that so many pages is available.</summary>
    /// <exception cref="RecvException">They cannot (exit code 3); says which line helps.</exception>
    public static void Require(long pages, string purpose)
    {
        if (Free() < pages) throw Missing(pages, purpose);
    }

    /// <summary>The error for pages that are not available.</summary>
    public static RecvException Missing(long pages, string purpose)
    {
        long free = Free();
        long total = (Read("HugePages_Total:") ?? 0) + Math.Max(pages - free, 1);
        string few = $"{purpose} {(pages == 1 ? "needs one huge page" : $"need {pages} huge pages")} of {PageBytes / 1024} KiB and "
            + $"{free} are free";
        string remedy = $"sudo sysctl -w vm.nr_hugepages={total}, or leave it out: then transparent huge pages are used where available";
        return RecvException.SettingRefused($"{Setting.HugePages}: {few}; {remedy}");
    }

    private static long Free() => Math.Max(0, (Read("HugePages_Free:") ?? 0) - (Read("HugePages_Rsvd:") ?? 0));

    private static long? Read(string name)
    {
        try
        {
            foreach (string line in File.ReadLines(MemInfo))
            {
                if (!line.StartsWith(name, StringComparison.Ordinal)) continue;
                string number = line[name.Length..].Trim().Split(' ')[0];
                return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A host that hides it has none for us.
        }
        return null;
    }
}
