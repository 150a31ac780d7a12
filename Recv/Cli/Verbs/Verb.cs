using System.Reflection;
using CommandLine;

namespace Recv.Cli.Verbs;

/// <summary>One verb of the command line: what it takes, what it does, and how to write it.</summary>
/// <param name="Options">The class with its options.</param>
/// <param name="Run">Runs it with them; gives the exit code.</param>
/// <param name="Usage">One line, for the help.</param>
/// <param name="Examples">Lines to copy, for the help.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal sealed record Verb(Type Options, Func<object, int> Run, string Usage, string[] Examples)
{
    /// <summary>As the user writes it.</summary>
    public string Name { get; } = Options.GetCustomAttribute<VerbAttribute>()!.Name;

    /// <summary>How many words without dashes it takes.</summary>
    public int MaxWords { get; } = Options.GetProperties()
        .Any(property => property.GetCustomAttribute<ValueAttribute>() is not null && IsList(property))
        ? int.MaxValue
        : Options.GetProperties().Count(property => property.GetCustomAttribute<ValueAttribute>() is not null);

    /// <summary>A verb over options of type <typeparamref name="T"/>.</summary>
    public static Verb Of<T>(Func<T, int> run, string usage, params string[] examples) =>
        new(typeof(T), options => run((T)options), usage, examples);

    /// <summary>The property of the option called so, or null.</summary>
    public PropertyInfo? Find(string option) =>
        Options.GetProperties().FirstOrDefault(property => property.GetCustomAttribute<OptionAttribute>()?.LongName == option);

    /// <summary>Names of all options, with dashes.</summary>
    public IEnumerable<string> OptionNames => Options.GetProperties()
        .Select(property => property.GetCustomAttribute<OptionAttribute>()).OfType<OptionAttribute>()
        .Select(option => "--" + option.LongName);

    /// <summary>Whether an option may be repeated.</summary>
    public static bool IsList(PropertyInfo property) => property.PropertyType == typeof(IEnumerable<string>);
}
