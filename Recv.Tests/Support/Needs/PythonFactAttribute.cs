using Recv.Tests.Support.Processes;

namespace Recv.Tests.Support.Needs;

/// <summary>A fact that needs a module of Python; skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute(string module)
    {
        Module = module;
        try
        {
            Python.Run($"import {module}");
        }
        catch (InvalidOperationException missing)
        {
            Skip = $"no Python with {module}: {missing.Message.Split('\n')[^1]}";
        }
    }

    public string Module { get; }
}
