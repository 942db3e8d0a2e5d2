using System.Globalization;
using System.Text;

namespace Roj.Simulation.Swarms.Makespans;

/// <summary>A <see cref="MakespanResult"/> as a drawing (SVG): who sent which part to whom, and when.</summary>
/// <remarks>
/// <para>A lane for each node, a bar for each part, or stretch of a part, that it got from one sender, in the sender's colour; the seeder
/// is black. What was got before is hatched by a red edge. Above: the seeder's payload (black, in files) and how much of the file the
/// receivers have (grey: the least, the mean, the most).</para>
/// <para>The same result gives the same text.</para>
/// </remarks>
public static class MakespanPicture
{
    private const int Left = 60;
    private const int Width = 1400;
    private const int ChartHeight = 160;
    private const int BarHeight = 5;
    private const int Steps = 200; // points of a line of the chart

    /// <summary>Draws it.</summary>
    public static string Draw(MakespanResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var last = result.Deliveries.Count == 0 ? 0 : result.Deliveries[^1].Ended.SinceZero.TotalSeconds;
        var end = Math.Max(0.001, Math.Max(last, result.Makespan?.TotalSeconds ?? 0));
        var body = new StringBuilder();
        var y = Chart(body, result, end, top: 40);
        y = Lanes(body, result, end, y + 30);
        var text = new StringBuilder();
        text.AppendLine(Invariant(
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Left + Width + 40}\" height=\"{y + 20}\""));
        text.AppendLine(" font-family=\"sans-serif\" font-size=\"11\">");
        text.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        text.AppendLine(Invariant($"<text x=\"{Left}\" y=\"20\" font-size=\"13\">{MakespanTable.Line(result)}</text>"));
        text.Append(body);
        text.AppendLine("</svg>");
        return text.ToString();
    }

    private static int Chart(StringBuilder body, MakespanResult result, double end, int top)
    {
        var bottom = top + ChartHeight;
        var files = Math.Max(1.2, Math.Ceiling(result.SeederShare * 5) / 5);
        Axis(body, end, top, bottom);
        Level(body, bottom - (ChartHeight / files), "1 file");
        var (seeder, least, mean, most) = (new StringBuilder(), new StringBuilder(), new StringBuilder(), new StringBuilder());
        var got = new long[result.Nodes.Count];
        var (given, next, size) = (0L, 0, Math.Max(1.0, result.Setup.FileBytes));
        for (var step = 0; step <= Steps; step++)
        {
            var at = end * step / Steps;
            for (; next < result.Deliveries.Count && result.Deliveries[next] is var one && one.Ended.SinceZero.TotalSeconds <= at; next++)
            {
                got[one.To] += one.Block.Length - one.RepeatedBytes;
                given += one.From == 0 ? one.Block.Length : 0;
            }

            var receivers = got.Skip(1).ToArray();
            void Point(StringBuilder line, double bytes) =>
                line.Append(Invariant($"{X(at, end):F1},{bottom - (ChartHeight * bytes / size / files):F1} "));
            Point(seeder, given);
            Point(least, receivers.Min());
            Point(mean, receivers.Average());
            Point(most, receivers.Max());
        }

        Line(body, least, "#bbb", "what the receiver with the least has");
        Line(body, most, "#bbb", "what the receiver with the most has");
        Line(body, mean, "#777", "what the receivers have on average");
        Line(body, seeder, "#000", "what came from the seeder");
        return bottom;
    }

    private static int Lanes(StringBuilder body, MakespanResult result, double end, int top)
    {
        var y = top;
        for (var node = 0; node < result.Nodes.Count; node++)
        {
            var report = result.Nodes[node];
            var bars = Stretches(result, node);
            var rows = Stack(bars, out var rowOf);
            var height = Math.Max(12, rows * BarHeight);
            body.AppendLine(Invariant($"<rect x=\"{Left}\" y=\"{y}\" width=\"{Width}\" height=\"{height}\" fill=\"#f6f6f6\"/>"));
            body.AppendLine(Invariant($"<rect x=\"4\" y=\"{y}\" width=\"10\" height=\"10\" fill=\"{Colour(node)}\"/>"));
            body.AppendLine(Invariant($"<text x=\"18\" y=\"{y + 10}\">{report.Name}</text>"));
            for (var bar = 0; bar < bars.Count; bar++)
                Bar(body, bars[bar], end, y + (rowOf[bar] * BarHeight));
            if (report.Complete is { } complete)
            {
                body.AppendLine(Invariant(
                    $"<path d=\"M{X(complete.TotalSeconds, end):F1} {y}v{height}\" stroke=\"#d00\">"));
                body.AppendLine(Invariant($"<title>{report.Name} complete at {complete.TotalSeconds:F3} s</title></path>"));
            }

            y += height + 4;
        }

        return y;
    }

    /// <summary>Blocks of one part from one sender are one bar, unless it did something else for a while in between.</summary>
    private static List<Stretch> Stretches(MakespanResult result, int node)
    {
        var open = new SortedDictionary<(int From, int Piece), int>();
        var bars = new List<Stretch>();
        foreach (var one in result.Deliveries)
        {
            if (one.To != node)
                continue;
            var (begun, ended) = (one.Begun.SinceZero.TotalSeconds, one.Ended.SinceZero.TotalSeconds);
            var key = (one.From, one.Block.Piece);
            if (open.TryGetValue(key, out var index) && begun - bars[index].Ended < 4 * Math.Max(0.001, ended - begun))
            {
                var before = bars[index];
                bars[index] = before with
                {
                    Ended = ended,
                    Bytes = before.Bytes + one.Block.Length,
                    Repeated = before.Repeated + one.RepeatedBytes,
                };
                continue;
            }

            open[key] = bars.Count;
            bars.Add(new Stretch(one.From, node, one.Block.Piece, begun, ended, one.Block.Length, one.RepeatedBytes));
        }

        return bars;
    }

    /// <summary>Lays bars that overlap in time into rows of their own; says how many rows there are.</summary>
    private static int Stack(List<Stretch> bars, out int[] rowOf)
    {
        var freeAt = new List<double>();
        rowOf = new int[bars.Count];
        foreach (var bar in Enumerable.Range(0, bars.Count).OrderBy(index => bars[index].Begun))
        {
            var row = freeAt.FindIndex(free => free <= bars[bar].Begun);
            if (row < 0)
            {
                row = freeAt.Count;
                freeAt.Add(0);
            }

            freeAt[row] = bars[bar].Ended;
            rowOf[bar] = row;
        }

        return freeAt.Count;
    }

    private static void Bar(StringBuilder body, Stretch bar, double end, int y)
    {
        var edge = bar.Repeated > 0 ? " stroke=\"#d00\"" : "";
        var width = Math.Max(0.4, (bar.Ended - bar.Begun) / end * Width);
        body.AppendLine(Invariant($"<rect x=\"{X(bar.Begun, end):F1}\" y=\"{y}\" width=\"{width:F1}\""));
        body.AppendLine(Invariant($" height=\"{BarHeight - 1}\" fill=\"{Colour(bar.From)}\"{edge}>"));
        body.AppendLine(Invariant($"<title>part {bar.Piece}: n{bar.From} to n{bar.To}, {bar.Begun:F3}-{bar.Ended:F3} s"));
        body.AppendLine(Invariant($"{bar.Bytes / 1024} KiB, {bar.Repeated / 1024} KiB of it twice</title></rect>"));
    }

    private static void Axis(StringBuilder body, double end, int top, int bottom)
    {
        body.AppendLine(Invariant($"<path d=\"M{Left} {top}V{bottom}H{Left + Width}\" fill=\"none\" stroke=\"#333\"/>"));
        for (var tick = 0; tick <= 10; tick++)
        {
            var at = end * tick / 10;
            body.AppendLine(Invariant($"<text x=\"{X(at, end):F1}\" y=\"{bottom + 14}\" text-anchor=\"middle\">{at:F2} s</text>"));
        }
    }

    private static void Level(StringBuilder body, double y, string name) => body.AppendLine(Invariant(
        $"<path d=\"M{Left} {y:F1}h{Width}\" stroke=\"#ddd\"/><text x=\"4\" y=\"{y + 4:F1}\">{name}</text>"));

    private static void Line(StringBuilder body, StringBuilder points, string colour, string title) => body.AppendLine(Invariant(
        $"<polyline points=\"{points.ToString().TrimEnd()}\" fill=\"none\" stroke=\"{colour}\"><title>{title}</title></polyline>"));

    // 137.5 degrees: the golden angle keeps any two near each other apart.
    private static string Colour(int node) =>
        node == 0 ? "#000" : Invariant($"hsl({node * 1375 / 10 % 360},65%,{45 + (node % 3 * 10)}%)");

    private static double X(double at, double end) => Left + (at / end * Width);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Stretch(int From, int To, int Piece, double Begun, double Ended, long Bytes, long Repeated);
}
