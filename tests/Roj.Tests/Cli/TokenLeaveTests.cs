using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Roj.Host.Daemon;
using Roj.Host.Tokens;
using Roj.Kernel;
using Roj.Tests.Cluster;
using Roj.Tests.Host;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj token exec</c> at a node that leaves: its command is dead before the token is another's, and the token is another's
/// long before the lease is over; but for a command of which nobody says that it is dead.</summary>
public sealed class TokenLeaveTests : IDisposable
{
    private const int Stopped = 19;
    private const int Lost = 125;

    // Writes its time to a file until it is killed.
    private const string Beating =
        "trap '' TERM; echo $ROJ_EPOCH >\"$0.epoch\"; date +%s%N >\"$0.new\"; mv \"$0.new\" \"$0.began\"; "
        + "while :; do date +%s%N >\"$0.new\"; mv \"$0.new\" \"$0\"; sleep 0.01; done";

    private static readonly TimeSpan shortLease = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan longLease = TimeSpan.FromSeconds(24);

    private readonly Place place = new();
    private readonly ScratchFolder folder = new();
    private readonly List<Process> processes = [];
    private readonly List<(NodeJob Job, Thread Thread)> nodes = [];

    public TokenLeaveTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "commands are run on Linux only");

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }

        foreach (var (job, _) in nodes)
            job.Stop();
        Assert.True(nodes.TrueForAll(node => node.Thread.Join(3 * Soon.Limit)));
        folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task The_command_is_dead_before_another_has_the_token_and_that_is_soon(int expect)
    {
        var left = await WorkingAsync(expect, expect > 0 ? longLease : shortLease);
        var next = Beat(1);
        await Task.Delay(500, TestContext.Current.CancellationToken); // it waits by now
        var before = Now();
        nodes[0].Job.Stop();
        await Soon.UntilAsync(() => At("beat-1.began") > 0, "another has it");
        Assert.Equal((Lost, "", "roj: lost the token, and killed the command: the node goes\n"), await EndAsync(left));
        Assert.True(At("beat-0") < At("beat-1.began"), "two worked at a time");
        // Without a word it would have been the whole lease, or a token that was made anew.
        if (expect > 0)
            Assert.InRange(TimeSpan.FromMicroseconds((At("beat-1.began") - before) / 1000), TimeSpan.Zero, longLease * 0.75);
        else
            Assert.Equal(At("beat-0.epoch"), At("beat-1.epoch"));
        Assert.False(next.HasExited);
    }

    [Fact]
    public async Task Where_nobody_says_that_it_is_dead_the_lease_runs_out_first()
    {
        var left = await WorkingAsync(3, shortLease);
        Beat(1);
        Signal(left, Stopped);
        nodes[0].Job.Stop();
        await Task.Delay(shortLease / 2, TestContext.Current.CancellationToken);
        Assert.Equal(0, At("beat-1.began"));
        Assert.True(nodes[0].Thread.Join(Soon.Limit), "the node waits for a word that does not come");
        await Soon.UntilAsync(() => At("beat-1.began") > 0, "another has it in the end");
    }

    private static long Now() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private static void Signal(Process process, int signal) =>
        Process.Start("kill", ["-" + signal.ToString(CultureInfo.InvariantCulture), process.Id.ToString(CultureInfo.InvariantCulture)])
            .WaitForExit();

    private static async Task<(int Exit, string Output, string Error)> EndAsync(Process process)
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Soon.Limit);
        return (process.ExitCode, await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
    }

    // A number that the command wrote, its times in nanoseconds since 1970; 0 if it was never written.
    private long At(string name) =>
        File.Exists(folder.At(name)) ? long.Parse(File.ReadAllText(folder.At(name)), CultureInfo.InvariantCulture) : 0;

    // Three nodes; the command at the first has the turn.
    private async Task<Process> WorkingAsync(int expect, TimeSpan lease)
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => BeginAsync(i, expect, lease))).WaitAsync(Soon.Limit);
        var first = Beat(0);
        await Soon.UntilAsync(() => At("beat-0") > 0, "it works");
        return first;
    }

    // Ends when it can be asked.
    private Task BeginAsync(int index, int expect, TimeSpan lease)
    {
        var options = new NodeOptions
        {
            Cluster = place.Name,
            Name = $"node-{index}",
            Address = AddressOf(index),
            Port = (ushort)place.Port,
            SwarmPort = 0,
            Sweep = false,
            Broadcast = false,
            Join = [.. Enumerable.Range(0, 3).Select(i => new Endpoint(AddressOf(i), (ushort)place.Port))],
            DataPath = folder.At($"data-{index}"),
            Expect = expect,
            Lease = lease,
            Tokens = [TokenPlan.Read("x")!],
        };
        var job = new NodeJob(options, _ => { });
        var serves = new TaskCompletionSource();
        job.Serve = async (shell, self) =>
        {
            var api = await NodeApi.StartAsync(shell, self, options, new Roj.Host.Http.EventLog());
            serves.SetResult();
            return api;
        };
        var thread = new Thread(job.Run) { IsBackground = true };
        thread.Start();
        nodes.Add((job, thread));
        return serves.Task;
    }

    private uint AddressOf(int index) => BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse(place.Address(index)).GetAddressBytes());

    private Process Beat(int index)
    {
        var run = RojRun.Start(
            $"http://{place.Address(index)}:{NodeOptions.DefaultHttpPort}",
            ["token", "exec", "--token", "x", "--", "sh", "-c", Beating, folder.At($"beat-{index}")]);
        processes.Add(run);
        return run;
    }
}
