using Recv.Metrics.Exposition;

namespace Recv.Tests.Metrics.Exposition;

public sealed class NegotiationTests
{
    [Theory]
    // Prometheus 2.42 and 3.0, and what browsers and curl send.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "openmetrics")]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", "openmetrics")]
    [InlineData("text/plain;version=0.0.4;q=1,*/*;q=0.1", "text")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text")]
    [InlineData("*/*", "text")]
    [InlineData(null, "text")]
    [InlineData("", "text")]
    // Weights decide, the newer one where they are equal, and 0 is no.
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.5", "text")]
    [InlineData("application/openmetrics-text;q=0.5,text/plain;q=0.5", "openmetrics")]
    [InlineData("application/openmetrics-text;q=0.2,*/*;q=0.5", "text")]
    [InlineData("application/openmetrics-text;q=0.2,*/*;q=0.1", "openmetrics")]
    [InlineData("application/openmetrics-text;q=0", "text")]
    [InlineData("text/*;q=0.9,application/openmetrics-text;q=0.8", "text")]
    // Spaces, case, quotes, and versions that we have not.
    [InlineData(" Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.9 , text/plain ; q=0.1", "openmetrics")]
    [InlineData("application/openmetrics-text; version=2.0.0", "text")]
    // Nonsense asks for nothing.
    [InlineData(";;;,,,;q=,=", "text")]
    [InlineData("application/openmetrics-text;q=high", "text")]
    [InlineData("application/openmetrics-text;q=-1", "text")]
    [InlineData("application/openmetrics-text;q=1e999", "text")]
    public void TheFormatIsTheOneThatIsWantedMost(string? accept, string format) =>
        Assert.Equal(format, Negotiation.FormatFor(accept).Name);

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("gzip, deflate, br", true)]
    [InlineData("deflate, GZIP;q=0.1", true)]
    [InlineData("x-gzip", true)]
    [InlineData("*", true)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("gzip;q=0", false)]
    [InlineData("*;q=0", false)]
    [InlineData("identity", false)]
    [InlineData("br", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void OnlyWhoTakesGzipGetsIt(string? acceptEncoding, bool gzip) => Assert.Equal(gzip, Negotiation.WantsGzip(acceptEncoding));
}
