using System.Diagnostics;
using System.Globalization;

namespace Roj.Cli.Up;

/// <summary>Harms the nodes of a <see cref="LocalCluster"/>, one at a time: kills one, or has one stand still; and says so.</summary>
/// <remarks>For one thread. Who stands still is let go on by a process of its own: also if this one is killed meanwhile.</remarks>
internal sealed class LocalChaos(IReadOnlyList<LocalMember> members, Action<string, LocalMember, string> tell)
{
    /// <summary>How long a node stands still: others declare it dead, and it is back.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan every = LocalCluster.RestTime + TimeSpan.FromSeconds(5); // one is back before the next goes

    private long lastAt = Stopwatch.GetTimestamp();
    private int count;

    /// <summary>Does what is due.</summary>
    public void Turn()
    {
        if (Stopwatch.GetElapsedTime(lastAt) < every || members.Any(member => !member.IsListening))
            return;
        lastAt = Stopwatch.GetTimestamp();
        var victim = members[Random.Shared.Next(members.Count)];
        if (victim.ProcessId is not { } process)
            return;
        if (count++ % 2 == 0)
        {
            tell("chaos.kill", victim, $"chaos: kill -9 {process.ToString(CultureInfo.InvariantCulture)}, that is {victim.Address}");
            victim.Kill();
        }
        else if (TryPause(process))
        {
            var seconds = ((int)Pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            tell("chaos.pause", victim, $"chaos: {victim.Address} stands still for {seconds} s (SIGSTOP, SIGCONT)");
        }
    }

    private static bool TryPause(int process)
    {
        var (number, seconds) = (
            process.ToString(CultureInfo.InvariantCulture), ((int)Pause.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        try
        {
            using var shell = Process.Start(
                new ProcessStartInfo("/bin/sh", ["-c", $"kill -STOP {number} && sleep {seconds}; kill -CONT {number}"])
                {
                    RedirectStandardError = true, // who was killed meanwhile is no news
                });
            return shell is not null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // no shell: then it is killed the next time
        }
    }
}
