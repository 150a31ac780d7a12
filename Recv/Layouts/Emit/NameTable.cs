using System.Collections.Immutable;
using Recv.Files;
using Recv.Layouts.Expressions;
using Recv.Layouts.Yaml;

namespace Recv.Layouts.Emit;

/// <summary>
/// What the names of a layout mean: parameters and constants with their effective values, and items.
/// </summary>
/// <remarks><b>Threading:</b> one thread, at load. Parameters are computed in the order that their expressions
/// need.</remarks>
internal sealed class NameTable
{
    private readonly LayoutDocument _document;
    private readonly Dictionary<string, LocatedExpression> _expressions = [];
    private readonly Dictionary<string, long> _parameters = [];
    private readonly Dictionary<string, long> _constants = [];
    private readonly List<string> _underway = [];

    /// <summary>Computes all parameters and constants.</summary>
    /// <param name="document">The layout.</param>
    /// <param name="set">Values that replace those of parameters.</param>
    /// <param name="constants">Values that replace those of constants.</param>
    /// <exception cref="RecvException">An unknown name, a circle, or a value that cannot be computed.</exception>
    public NameTable(
        LayoutDocument document, IReadOnlyDictionary<string, string> set, IReadOnlyDictionary<string, string> constants)
    {
        _document = document;
        Override(document.Parameters, set, "parameter");
        foreach (NamedExpression parameter in document.Parameters) Parameter(parameter.Name);
        Override(document.Constants, constants, "constant");
        foreach (NamedExpression constant in document.Constants)
            _constants[constant.Name] = Evaluate(_expressions[constant.Name]);
    }

    /// <summary>Effective values of the parameters.</summary>
    public IReadOnlyDictionary<string, long> Parameters => _parameters;

    /// <summary>Effective values of the constants.</summary>
    public IReadOnlyDictionary<string, long> Constants => _constants;

    /// <summary>The value of an expression over parameters.</summary>
    public long Evaluate(LocatedExpression expression)
    {
        // Without items everything folds to a number.
        Bound bound = Bind(expression, [], name => new BoundNumber(Parameter(name.Name, name.Column)));
        return bound.Known!.Value;
    }

    /// <summary>An expression over parameters, constants and items.</summary>
    /// <param name="expression">What is written.</param>
    /// <param name="items">Values that the items can have where it stands.</param>
    public Bound Bind(LocatedExpression expression, ImmutableArray<Interval> items) => Bind(expression, items, Resolve);

    private static Bound Bind(
        LocatedExpression expression, ImmutableArray<Interval> items, Func<NameExpression, Bound> resolve)
    {
        try
        {
            return new Binder(resolve).Bind(expression.Tree, items);
        }
        catch (ExpressionException error)
        {
            throw expression.Error(error);
        }
    }

    private void Override(
        ImmutableArray<NamedExpression> declared, IReadOnlyDictionary<string, string> values, string what)
    {
        foreach (NamedExpression entry in declared) _expressions[entry.Name] = entry.Value;
        foreach ((string name, string value) in values)
        {
            string given = $"{what} {name}={value}";
            if (!declared.Any(entry => entry.Name == name))
                throw RecvException.BadUsage(
                    $"{given}: layout {_document.Name} has no {what} '{name}'; {Known(declared)}");
            _expressions[name] = new LocatedExpression(value, new Position(given, 0, 1), exact: false);
        }
    }

    private static string Known(ImmutableArray<NamedExpression> declared) => declared.IsEmpty
        ? "it has none"
        : $"known: {string.Join(", ", declared.Select(entry => entry.Name))}";

    private Bound Resolve(NameExpression name)
    {
        int item = _document.Items.ToList().FindIndex(declared => declared.Name == name.Name);
        if (item >= 0) return new BoundItem(item, default);
        if (_constants.TryGetValue(name.Name, out long constant)) return new BoundNumber(constant);
        if (_parameters.TryGetValue(name.Name, out long parameter)) return new BoundNumber(parameter);
        var known = _document.Items.Select(declared => declared.Name).Concat(_parameters.Keys).Concat(_constants.Keys);
        throw new ExpressionException(name.Column, $"unknown name '{name.Name}'; known: {string.Join(", ", known)}");
    }

    private long Parameter(string name, int column = 0)
    {
        if (_parameters.TryGetValue(name, out long value)) return value;
        if (!_document.Parameters.Any(parameter => parameter.Name == name)) throw NotAParameter(name, column);
        if (_underway.Contains(name))
        {
            string circle = string.Join(" → ", _underway.SkipWhile(other => other != name).Append(name));
            throw new ExpressionException(column, $"circular parameters: {circle}; give one of them a number");
        }
        _underway.Add(name);
        _parameters[name] = value = Evaluate(_expressions[name]);
        _underway.RemoveAt(_underway.Count - 1);
        return value;
    }

    private ExpressionException NotAParameter(string name, int column)
    {
        string reason = $"unknown parameter '{name}'";
        if (_document.Items.Any(item => item.Name == name))
            reason = $"item '{name}' is not known before a heap comes; use parameters only";
        if (_document.Constants.Any(constant => constant.Name == name))
            reason = $"constant '{name}' differs between streams, sizes cannot; use parameters only";
        return new ExpressionException(column, $"{reason}; {Known(_document.Parameters)}");
    }
}
