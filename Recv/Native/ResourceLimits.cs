namespace Recv.Native;

/// <summary>What the process may have of something: getrlimit(2), <c>ulimit</c> of a shell, <c>Limit...=</c> of a unit.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
internal static unsafe class ResourceLimits
{
    /// <summary>The soft limit of a resource (<see cref="Libc.RLIMIT_MEMLOCK"/> and its like); the largest number where there is
    /// none.</summary>
    public static ulong Of(int resource)
    {
        Libc.rlimit limit;
        return Libc.getrlimit(resource, &limit) == 0 ? limit.rlim_cur : ulong.MaxValue;
    }
}
