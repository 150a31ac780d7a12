namespace Recv.Cli;

/// <summary>Failures in the words of the command line: settings are options.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
internal static class Words
{
    /// <summary>Its message, which names settings as they are typed.</summary>
    public static string Of(Exception failure) =>
        failure is RecvException known ? known.Worded(setting => setting.Option) : failure.Message;
}
