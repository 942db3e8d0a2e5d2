using System.Globalization;
using System.Text;

namespace Roj.Simulation.Swarms.Makespans;

/// <summary>A <see cref="MakespanResult"/> as a table for people.</summary>
public static class MakespanTable
{
    /// <summary>The run in one line.</summary>
    public static string Line(MakespanResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var receivers = result.Nodes.Skip(1).ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"seed {result.Setup.Seed}: {Seconds(result.Makespan)} s, {result.Ratio:F3} of the bound of {Seconds(result.Setup.Bound)} s; "
                + $"seeder {result.SeederShare:F3} files; {result.RepeatedBytes / 1024} KiB twice; "
                + $"complete {Seconds(receivers.Min(node => node.Complete))}-{Seconds(receivers.Max(node => node.Complete))} s; "
                + $"{result.Events} events");
    }

    /// <summary>A line for each node, and what the seeder gave.</summary>
    public static string Text(MakespanResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        text.AppendLine(Line(result));
        text.AppendLine("node    up busy  down busy   sent MiB    got MiB  twice KiB  first part s  complete s");
        foreach (var node in result.Nodes)
        {
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{node.Name,-6} {node.UplinkBusy,8:P1} {node.DownlinkBusy,10:P1} "
                    + $"{Mebi(node.SentBytes),10:F2} {Mebi(node.ReceivedBytes),10:F2} "
                    + $"{node.RepeatedBytes / 1024,10} {Seconds(node.FirstPiece),13} {Seconds(node.Complete),11}"));
        }

        var copies = result.CopiesBySeeder;
        if (copies.Count > 0)
        {
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"copies of a part by the seeder: {copies.Min():F2} at least, {copies.Max():F2} at most; "
                    + $"{copies.Count(copy => copy < 1)} parts less than once, {copies.Count(copy => copy > 1)} more than once"));
        }

        return text.ToString();
    }

    private static double Mebi(long bytes) => bytes / 1048576.0;

    private static string Seconds(TimeSpan? time) => time?.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture) ?? "never";
}
