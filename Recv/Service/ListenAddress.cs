using System.Net;

namespace Recv.Service;

/// <summary>Addresses to listen on, as options give them.</summary>
/// <remarks><b>Threading:</b> pure.</remarks>
public static class ListenAddress
{
    /// <summary>Reads <c>ADDRESS:PORT</c>; null for <c>off</c>.</summary>
    /// <param name="setting">Whose value it is.</param>
    /// <param name="text">As the user wrote it.</param>
    /// <param name="example">For the error.</param>
    /// <exception cref="RecvException">It is none (exit code 2).</exception>
    public static IPEndPoint? Parse(Setting setting, string text, string example)
    {
        if (text == "off") return null;
        // A colon behind the bracket of an IPv6 address, or the only one: without a port it would be any port.
        bool hasPort = text.LastIndexOf(':') > text.LastIndexOf(']') && (text.Contains(']') || text.Count(':') == 1);
        if (hasPort && IPEndPoint.TryParse(text, out IPEndPoint? address)) return address;
        throw RecvException.BadSetting($"{setting} {text}: give ADDRESS:PORT with a numeric address, for example {example}, or off");
    }
}
