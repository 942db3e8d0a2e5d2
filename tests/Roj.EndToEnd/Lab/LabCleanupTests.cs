using System.Diagnostics;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>However a lab ends, nothing of it is left, seen from outside of it.</summary>
public class LabCleanupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("end")]
    [InlineData("throw")]
    public async Task Nothing_is_left_after_a_lab_ended(string how)
    {
        var before = Snapshot.Take();
        using var outer = StartHolder(how);
        var output = await outer.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains(LabHolder.Ready, output, StringComparison.Ordinal);
        await AssertNothingLeftAsync(before);
    }

    [Theory]
    [InlineData("outer process", 0)]
    [InlineData("unshare", 1)]
    [InlineData("inner process", 2)]
    public async Task Nothing_is_left_after_kill_9_of_the(string victim, int generation)
    {
        var before = Snapshot.Take();
        using var outer = StartHolder("wait");
        while (await outer.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line != LabHolder.Ready)
        {
            // Until it stands.
        }

        // It is really there: three processes of its own, three probes and three orphans, in four network namespaces that are not ours.
        var during = Snapshot.Take();
        Assert.True(during.Processes.Count >= before.Processes.Count + 9, $"{before} before, {during} with a lab ({victim})");
        Assert.Equal(before.Namespaces.Count + 4, during.Namespaces.Count);

        var pid = outer.Id;
        for (var i = 0; i < generation; i++)
            pid = Assert.Single(ProcFs.Processes(), child => ProcFs.Parent(child) == pid);
        Native.Signal(pid, Native.SigKill);
        await AssertNothingLeftAsync(before);
    }

    private static Process StartHolder(string how)
    {
        if (!Confinement.IsInside)
            throw new LabException(Confinement.Missing() ?? "not inside");
        var start = new ProcessStartInfo(Confinement.SelfPath, ["hold", how])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task AssertNothingLeftAsync(Snapshot before)
    {
        try
        {
            await Poll.UntilAsync(() => Snapshot.Take().IsWithin(before), Patience, $"nothing is left but {before}");
        }
        catch (LabException late)
        {
            throw new LabException($"{late.Message}; there is: {Snapshot.Take().Beyond(before)}");
        }
    }

    /// <summary>What is there, seen from here. A network namespace with no process, mount or open file in it does not exist.</summary>
    private sealed record Snapshot(IReadOnlySet<int> Processes, IReadOnlySet<string> Namespaces, string Mounts, string Files)
    {
        public static Snapshot Take()
        {
            var alive = ProcFs.Processes().Where(pid => ProcFs.State(pid) is not (null or 'Z')).ToHashSet();
            return new Snapshot(
                alive,
                alive.Select(ProcFs.NetworkNamespace).OfType<string>().ToHashSet(),
                File.ReadAllText("/proc/self/mountinfo"),
                string.Join(' ', Directory.GetFileSystemEntries("/run", "*", SearchOption.AllDirectories)));
        }

        public bool IsWithin(Snapshot before) =>
            Processes.IsSubsetOf(before.Processes)
            && Namespaces.IsSubsetOf(before.Namespaces)
            && Mounts == before.Mounts
            && Files == before.Files;

        public string Beyond(Snapshot before) => string.Join(
            '\n',
            [
                .. Processes.Except(before.Processes).Select(pid => $"{pid} {File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ')}"),
                .. Namespaces.Except(before.Namespaces),
                .. Mounts.Split('\n').Except(before.Mounts.Split('\n')),
                .. Files.Split(' ').Except(before.Files.Split(' ')),
            ]);

        public override string ToString() => $"{Processes.Count} processes, {Namespaces.Count} network namespaces";
    }
}
