using System.Globalization;
using System.Text;
using Recv.Layouts;
using Recv.Sinks.Gpu.Host;

namespace Recv.Cli.View;

/// <summary>Draws power spectra with the characters of a terminal.</summary>
/// <remarks><b>Threading:</b> one thread.</remarks>
internal static class SpectrumView
{
    private const int Columns = 64;
    private const int Rows = 6;
    private const double Floor = -90;
    private const int StepsPerRow = 8;

    /// <summary>Prints the last spectrum of each source; nothing if none has been computed.</summary>
    public static void Print(HostSpectrum spectrum, LayoutShape shape, TextWriter output)
    {
        for (int source = 0; source < shape.BatchHeaps; source++)
        {
            double[] decibels = [.. spectrum.Spectrum(source).Power.Select(power => 10 * Math.Log10(power))];
            double peak = decibels.Max();
            if (double.IsNegativeInfinity(peak)) continue;
            int channel = Array.IndexOf(decibels, peak);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Spectrum of source {source}: peak {peak:F1} dBFS in channel {channel} of {decibels.Length} "
                    + $"({0.5 * channel / decibels.Length:F4} of the sample rate)"));
            foreach (string line in Draw(decibels)) output.WriteLine(line);
        }
    }

    /// <summary>A picture of values in decibels, from 0 at the top down to the floor; a column shows the largest of its channels.</summary>
    internal static IEnumerable<string> Draw(IReadOnlyList<double> decibels)
    {
        int perColumn = decibels.Count / Columns;
        int[] heights = [.. Enumerable.Range(0, Columns).Select(column => Height(decibels.Skip(column * perColumn).Take(perColumn).Max()))];
        for (int row = Rows - 1; row >= 0; row--)
        {
            var line = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{Floor - Floor * (row + 1) / Rows,6:F0} dB |"));
            foreach (int height in heights)
            {
                int step = Math.Clamp(height - row * StepsPerRow, 0, StepsPerRow);
                // U+2581 to U+2588: one to eight eighths of a block.
                line.Append(step == 0 ? ' ' : (char)(0x2580 + step));
            }
            yield return line.ToString().TrimEnd();
        }
    }

    private static int Height(double decibels) => (int)Math.Round(Math.Clamp(1 - decibels / Floor, 0, 1) * Rows * StepsPerRow);
}
