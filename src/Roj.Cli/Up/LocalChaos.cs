using System.Diagnostics;
using System.Globalization;

namespace Roj.Cli.Up;

/// <summary>Harms the nodes of a <see cref="LocalCluster"/>, in turn: kills one, has one stand still, and splits them; and says so. The
/// next harm waits until all see each other again.</summary>
/// <remarks>For one thread. Who stands still is let go on by a process of its own: also if this one is killed meanwhile. A split is none of
/// the network: the nodes of either side are told not to hear those of the other.</remarks>
internal sealed class LocalChaos(IReadOnlyList<LocalMember> members, Action<string, string?, string> tell)
{
    /// <summary>How long a node stands still: others declare it dead, and it is back.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    /// <summary>How long the nodes are split: each side declares the other dead, and has a leader of its own.</summary>
    public static readonly TimeSpan SplitTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan peace = TimeSpan.FromSeconds(8); // enough to see that all is well again

    private long wellSince = Stopwatch.GetTimestamp();
    private long? splitAt;
    private int count;

    /// <summary>Does what is due.</summary>
    public void Turn()
    {
        if (splitAt is { } begun && Stopwatch.GetElapsedTime(begun) >= SplitTime)
            Heal();
        if (splitAt is not null || members.Any(member => member.Seen != members.Count))
            wellSince = Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(wellSince) < peace)
            return;
        wellSince = Stopwatch.GetTimestamp();
        switch (count++ % 3)
        {
            case 0:
                Kill(members[Random.Shared.Next(members.Count)]);
                break;
            case 1:
                StandStill(members[Random.Shared.Next(members.Count)]);
                break;
            default:
                Split();
                break;
        }
    }

    private static string Seconds(TimeSpan time) => ((int)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private void Kill(LocalMember victim)
    {
        if (victim.ProcessId is not { } process)
            return;
        tell("chaos.kill", victim.Address, $"chaos: kill -9 {process.ToString(CultureInfo.InvariantCulture)}, that is {victim.Address}");
        victim.Kill();
    }

    private void StandStill(LocalMember victim)
    {
        if (victim.ProcessId is { } process && TryPause(process))
            tell("chaos.pause", victim.Address, $"chaos: {victim.Address} stands still for {Seconds(Pause)} s (SIGSTOP, SIGCONT)");
    }

    private void Split()
    {
        var shuffled = members.ToArray();
        Random.Shared.Shuffle(shuffled);
        var (few, many) = (Addresses(shuffled[..(shuffled.Length / 2)]), Addresses(shuffled[(shuffled.Length / 2)..]));
        splitAt = Stopwatch.GetTimestamp();
        foreach (var member in members)
            member.CutOff(few.Contains(member.Address) ? many : few);
        tell(
            "chaos.split",
            null,
            $"chaos: {string.Join(' ', few)} and {string.Join(' ', many)} do not hear each other for {Seconds(SplitTime)} s");
    }

    private void Heal()
    {
        splitAt = null;
        foreach (var member in members)
            member.CutOff([]);
        tell("chaos.heal", null, "chaos: all may hear each other again");
    }

    private static string[] Addresses(IEnumerable<LocalMember> side) =>
        [.. side.Select(member => member.Address).Order(StringComparer.Ordinal)];

    private static bool TryPause(int process)
    {
        var number = process.ToString(CultureInfo.InvariantCulture);
        try
        {
            using var shell = Process.Start(
                new ProcessStartInfo("/bin/sh", ["-c", $"kill -STOP {number} && sleep {Seconds(Pause)}; kill -CONT {number}"])
                {
                    RedirectStandardError = true, // who was killed meanwhile is no news
                });
            return shell is not null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // no shell: the next time something else is done
        }
    }
}
