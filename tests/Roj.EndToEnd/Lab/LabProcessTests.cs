using Xunit;

namespace Roj.EndToEnd;

/// <summary>Programs in hosts start, stop, stand still and are measured.</summary>
public class LabProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public Task The_process_id_is_the_programs_own() => Lab.RunAsync(1, "pid", async lab =>
    {
        var process = lab.Hosts[0].Probe("tick");
        await process.SaysAsync("1", Patience);
        Assert.Equal(Confinement.SelfPath, new FileInfo($"/proc/{process.Id}/exe").LinkTarget);
        Assert.NotEqual(ProcFs.NetworkNamespace(Environment.ProcessId), ProcFs.NetworkNamespace(process.Id));
        process.Sample();
        Assert.InRange(process.Usage.PeakRssBytes, 1 << 20, 1 << 30);
        Assert.InRange(process.Usage.Cpu, TimeSpan.FromTicks(1), Patience);
    });

    [Fact]
    public Task SigTerm_ends_a_program_and_is_timed() => Lab.RunAsync(1, "terminate", async lab =>
    {
        var process = lab.Hosts[0].Start("/bin/sleep", ["1000"]);
        var program = new FileInfo($"/proc/{process.Id}/comm");
        await Poll.UntilAsync(() => File.ReadAllText(program.FullName) == "sleep\n", Patience, "the shell has become the program");
        var end = await process.TerminateAsync();
        Assert.Equal((false, 128 + Native.SigTerm), (end.Forced, end.ExitCode));
        Assert.InRange(end.Took, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.False(process.EndedByItself);
    });

    [Fact]
    public Task After_ten_seconds_SigTerm_becomes_SigKill() => Lab.RunAsync(1, "stubborn", async lab =>
    {
        var process = lab.Hosts[0].Probe("stubborn");
        await process.SaysAsync("ready", Patience);
        var end = await process.TerminateAsync();
        Assert.Equal((true, 128 + Native.SigKill), (end.Forced, end.ExitCode));
        Assert.InRange(end.Took, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
    });

    [Fact]
    public Task Kill_9_ends_a_program() => Lab.RunAsync(1, "kill", async lab =>
    {
        var process = lab.Hosts[0].Probe("stubborn");
        await process.SaysAsync("ready", Patience);
        await process.KillAsync();
        Assert.Equal(128 + Native.SigKill, process.ExitCode);
    });

    [Fact]
    public Task A_program_that_ends_by_itself_is_noticed() => Lab.RunAsync(1, "by-itself", async lab =>
    {
        var process = lab.Hosts[0].Start("/bin/sh", ["-c", "exit 7"]);
        Assert.Equal(7, await process.ExitAsync(Patience));
        Assert.True(process.EndedByItself);
    });

    [Fact]
    public Task A_paused_program_stands_still_until_it_may_continue() => Lab.RunAsync(1, "pause", async lab =>
    {
        var process = lab.Hosts[0].Probe("tick");
        await process.SaysAsync("5", Patience);
        process.Pause();
        await Poll.UntilAsync(() => ProcFs.State(process.Id) == 'T', Patience, "it stands still");
        var length = new FileInfo(process.Log).Length;
        await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken); // twenty ticks
        Assert.Equal(length, new FileInfo(process.Log).Length);
        process.Continue();
        await Poll.UntilAsync(() => new FileInfo(process.Log).Length > length, Patience, "it goes on");
    });

    [Fact]
    public Task The_environment_and_the_directory_are_the_hosts() => Lab.RunAsync(2, "environment", async lab =>
    {
        var host = lab.Hosts[1];
        var process = host.Start("/bin/sh", ["-c", "echo $COLOUR in $(pwd)"], new Dictionary<string, string?> { ["COLOUR"] = "blue" });
        await process.SaysAsync($"blue in {host.Directory}", Patience);
    });

    [Fact]
    public Task A_small_disk_gets_full() => Lab.RunAsync(1, "disk", async lab =>
    {
        var host = lab.Hosts[0];
        host.LimitDisk(64 * 1024);
        Assert.NotEqual(0, await host.Start("/bin/dd", ["if=/dev/zero", "of=big", "bs=64k", "count=4"]).ExitAsync(Patience));
        Assert.InRange(new FileInfo(Path.Combine(host.Directory, "big")).Length, 0, 64 * 1024);
    });

    [Fact]
    public async Task What_a_failing_test_throws_comes_through()
    {
        var thrown = await Assert.ThrowsAsync<LabException>(() => Lab.RunAsync(1, "failing", _ => throw new LabException("on purpose")));
        Assert.Equal("on purpose", thrown.Message);
    }
}
