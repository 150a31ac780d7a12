using System.Collections.Immutable;
using System.Reflection;
using Recv.Files;
using Recv.Layouts.Code;
using Recv.Layouts.Emit;
using Recv.Layouts.Yaml;

namespace Recv.Layouts;

/// <summary>
/// Finds layouts: those that come with Recv by name, others as a YAML file or as <c>Assembly.dll:Full.TypeName</c>.
/// </summary>
/// <remarks><b>Threading:</b> any thread, at load; each call compiles again.</remarks>
public static class LayoutCatalog
{
    private const string Folder = "layouts/";
    private const string Extension = ".yaml";

    private static readonly ImmutableDictionary<string, string> Nothing = ImmutableDictionary<string, string>.Empty;

    /// <summary>Names of the layouts that come with Recv, sorted.</summary>
    public static ImmutableArray<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Where(name => name.EndsWith(Extension, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Extension.Length])
            .Order(StringComparer.Ordinal)];

    /// <summary>The YAML of a layout, comments included: an embedded one or a file.</summary>
    /// <exception cref="RecvException">There is no such layout, or it is not YAML.</exception>
    public static string Text(string nameOrFile)
    {
        if (IsFile(nameOrFile)) return HandWrittenFile.Read($"layout '{nameOrFile}'", nameOrFile);
        if (CodeLayout.IsReference(nameOrFile))
            throw RecvException.BadUsage($"{nameOrFile}: a layout in code has no YAML text; read its source");
        return ReadEmbedded(nameOrFile);
    }

    /// <summary>Compiles a layout with its defaults.</summary>
    public static CompiledLayout Resolve(string nameOrFile) => Resolve(nameOrFile, Nothing, Nothing);

    /// <summary>Compiles a layout.</summary>
    /// <param name="nameOrFile">A name of <see cref="Names"/>, a .yaml or .yml file, or
    /// <c>Assembly.dll:Full.TypeName</c>.</param>
    /// <param name="set">Values for parameters by name; each may be an expression.</param>
    /// <param name="constants">Values for the stream's constants by name.</param>
    /// <exception cref="RecvException">What is wrong, where, and what to do, in one line (exit code 2).</exception>
    public static CompiledLayout Resolve(
        string nameOrFile, IReadOnlyDictionary<string, string> set, IReadOnlyDictionary<string, string> constants)
    {
        if (CodeLayout.IsReference(nameOrFile)) return CodeLayout.Load(nameOrFile, set, constants);
        string label = IsFile(nameOrFile) ? nameOrFile : Folder + nameOrFile + Extension;
        return Compile(label, Text(nameOrFile), set, constants);
    }

    /// <summary>Compiles the text of a layout.</summary>
    /// <param name="label">Name of the file in error messages.</param>
    /// <param name="yaml">Its contents.</param>
    /// <param name="set">Values for parameters.</param>
    /// <param name="constants">Values for constants.</param>
    /// <exception cref="RecvException">What is wrong, where, and what to do, in one line (exit code 2).</exception>
    public static CompiledLayout Compile(
        string label, string yaml,
        IReadOnlyDictionary<string, string> set, IReadOnlyDictionary<string, string> constants)
    {
        LayoutDocument document = LayoutReader.Read(label, yaml);
        var names = new NameTable(document, set, constants);
        Type type = LayoutEmitter.Emit(ProgramBuilder.Build(document, names));
        return new CompiledLayout((IHeapLayout)Activator.CreateInstance(type)!, names.Parameters, names.Constants)
        {
            Description = document.Description,
        };
    }

    /// <summary>Null when the layout compiles with its defaults, else the line that says what is wrong.</summary>
    public static string? Validate(string nameOrFile)
    {
        try
        {
            Resolve(nameOrFile);
            return null;
        }
        catch (RecvException error)
        {
            return error.Message;
        }
    }

    private static bool IsFile(string nameOrFile) =>
        Path.GetExtension(nameOrFile).ToUpperInvariant() is ".YAML" or ".YML";

    private static string ReadEmbedded(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Folder + name + Extension);
        if (stream is null)
        {
            throw RecvException.BadUsage($"layout '{name}' is unknown; known: {string.Join(", ", Names)}; "
                + "or give a file (FILE.yaml) or a type in an assembly (FILE.dll:Full.TypeName)");
        }
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
