using System.Globalization;

namespace Recv;

/// <summary>
/// A failure that a person can fix: one line that says what, where and what to do, and the exit code that goes with it.
/// </summary>
/// <remarks>
/// A message may name settings (<see cref="Setting"/>): to a program it names properties, and <see cref="Worded"/> gives it with the
/// names that another reader knows. <b>Threading:</b> never thrown on a receive thread once it runs.
/// </remarks>
public class RecvException : Exception
{
    private readonly FormattableString? _text;

    /// <param name="message">One line.</param>
    /// <param name="exitCode">One of the constants of this class.</param>
    /// <param name="inner">What lies behind it.</param>
    public RecvException(string message, int exitCode, Exception? inner = null) : base(message, inner) => ExitCode = exitCode;

    private RecvException(FormattableString text, int exitCode, Exception? inner) : base(text.ToString(CultureInfo.InvariantCulture), inner)
    {
        _text = text;
        ExitCode = exitCode;
        About = text.GetArguments().OfType<Setting>().Select(setting => (Setting?)setting).FirstOrDefault();
    }

    private RecvException(RecvException original, Setting about) : base(original.Message, original)
    {
        _text = original._text;
        ExitCode = original.ExitCode;
        About = about;
    }

    /// <summary>The run found loss or damage that the user asked to treat as failure.</summary>
    public const int Loss = 1;

    /// <summary>The command line, a layout or a configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The host refused something: a file, an address, memory, a right.</summary>
    public const int Host = 3;

    /// <summary>Exit code of the process, one of the constants of this class.</summary>
    public int ExitCode { get; }

    /// <summary>The setting whose value is wrong or was refused, where it is one; the first that the message names.</summary>
    public Setting? About { get; }

    /// <summary>The message with settings named as the reader knows them.</summary>
    public string Worded(Func<Setting, string> name) => _text is null ? Message : string.Format(
        CultureInfo.InvariantCulture, _text.Format,
            [.. _text.GetArguments().Select(part => part is Setting setting ? name(setting) : part)]);

    /// <summary>The same failure, which is about <paramref name="setting"/> unless it says of itself what it is about.</summary>
    public RecvException For(Setting setting) => About is null ? new RecvException(this, setting) : this;

    /// <summary>The user asked for something that does not exist or does not fit together (exit code 2).</summary>
    public static RecvException BadUsage(string message, Exception? inner = null) => new(message, Usage, inner);

    /// <summary>The host refused something that the user named (exit code 3).</summary>
    public static RecvException HostRefused(string message, Exception? inner = null) => new(message, Host, inner);

    /// <summary>As <see cref="BadUsage"/>, with settings among what it quotes: <c>$"{Setting.Chunks} {chunks}: give at least
    /// 3"</c>.</summary>
    public static RecvException BadSetting(FormattableString message, Exception? inner = null) => new(message, Usage, inner);

    /// <summary>As <see cref="HostRefused"/>, with settings among what it quotes.</summary>
    public static RecvException SettingRefused(FormattableString message, Exception? inner = null) => new(message, Host, inner);

    /// <summary>As the other two, with an exit code of its own.</summary>
    public static RecvException OfSetting(FormattableString message, int exitCode) => new(message, exitCode, null);
}
