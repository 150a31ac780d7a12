using Recv.Tests.Support.Gpu;

namespace Recv.Tests.Support.Processes;

/// <summary>The tests' own program: what may end the process that it runs in.</summary>
internal static class ChildProgram
{
    private static int Main(string[] arguments)
    {
        if (arguments is not [LostDeviceChild.Name]) return 2;
        LostDeviceChild.Run();
        return 0;
    }
}
