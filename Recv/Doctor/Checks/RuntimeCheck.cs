using System.Runtime;

namespace Recv.Doctor.Checks;

/// <summary>The .NET runtime's settings decide about loss in the first seconds; a host application may have others than recv.</summary>
internal sealed class RuntimeCheck : IHostCheck
{
    private const string Name = "runtime";

    public IEnumerable<Finding> Look(HostFacts host)
    {
        bool quick = Switch("System.Runtime.TieredCompilation", true)
            && Switch("System.Runtime.TieredCompilation.QuickJit", true);
        if (quick)
            yield return new Finding(Name, FindingLevel.Problem,
                "the compiler begins with unoptimised code (TieredCompilation.QuickJit)",
                "the receive path is several times slower for its first seconds",
                "export DOTNET_TC_QuickJit=0, or <TieredCompilationQuickJit>false in the project");
        if (GCSettings.IsServerGC || !Switch("System.GC.Concurrent", true))
            yield return new Finding(Name, FindingLevel.Advice,
                $"{(GCSettings.IsServerGC ? "server" : "blocking")} garbage collection",
                "a full collection stops the receive threads as long as it takes",
                "export DOTNET_gcServer=0 DOTNET_gcConcurrent=1");
        if (!quick && !GCSettings.IsServerGC && Switch("System.GC.Concurrent", true))
            yield return new Finding(Name, FindingLevel.Fine, "optimised code from the start, concurrent collection");
    }

    private static bool Switch(string name, bool otherwise) => AppContext.TryGetSwitch(name, out bool value) ? value : otherwise;
}
