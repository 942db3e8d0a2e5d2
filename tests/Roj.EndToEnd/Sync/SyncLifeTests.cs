using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Roj.EndToEnd;

/// <summary>How a sync job begins and ends, what it leaves behind, and what it says meanwhile.</summary>
public class SyncLifeTests
{
    private const string One = "127.0.0.1";
    private const string Other = "127.0.0.2";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(Native.SigTerm)]
    [InlineData(Native.SigInt)]
    public async Task A_signal_ends_it_at_once_with_exit_code_0(int signal)
    {
        using var workshop = new Workshop();
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", true), workshop.At("data.bin"), One);
        await roj.SaysAsync("checked");
        var (end, took) = await roj.SignalAsync(signal);
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(2)); // bench/start has the real limit
    }

    [Fact]
    public async Task Exit_when_complete_ends_a_job_that_has_nothing_to_do()
    {
        using var workshop = new Workshop();
        var data = workshop.Put("data.bin", workshop.File.Bytes);
        using var roj = workshop.Sync(
            workshop.Configure("torrent.conf", true), data, One, "--exit-when-complete", "--on-complete", "echo ran > ran.txt");
        var end = await roj.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
        Assert.False(File.Exists(workshop.At("ran.txt")), "nothing has just become right");
    }

    [Fact]
    public async Task Seed_for_keeps_it_giving()
    {
        using var workshop = new Workshop();
        var data = workshop.Put("data.bin", workshop.File.Bytes);
        var begun = Stopwatch.GetTimestamp();
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", true), data, One, "--exit-when-complete", "--seed-for", "2s");
        Assert.Equal(0, (await roj.EndAsync()).ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromSeconds(2), Patience);
    }

    [Fact]
    public async Task On_complete_runs_once_when_the_file_has_just_become_right()
    {
        using var workshop = new Workshop();
        using var giver = workshop.Sync(workshop.Configure("one.conf", true), workshop.Put("one.bin", workshop.File.Bytes), One);
        var conf = workshop.Configure("other.conf", false, One);
        var data = workshop.At("other.bin");
        // What it prints must not get among our own lines, and the file must be right when it runs.
        string[] more = ["--output", "json", "--on-complete", "echo noise; wc -c < other.bin >> ran.txt"];
        using (var roj = workshop.Sync(conf, data, Other, more))
        {
            await roj.SaysAsync("complete");
            await Poll.UntilAsync(() => Ran(workshop).EndsWith('\n'), Patience, "the command ran");
            var (end, _) = await roj.SignalAsync(Native.SigTerm);
            Assert.Equal((0, "noise\n"), (end.ExitCode, end.Errors));
            Assert.All(end.Output.Split('\n'), line => AssertEvent(line));
        }

        using (var again = workshop.Sync(conf, data, Other, [.. more, "--exit-when-complete"]))
            Assert.Equal(0, (await again.EndAsync()).ExitCode);
        Assert.Equal($"{workshop.File.Bytes.Length}\n", Ran(workshop));
    }

    [Fact]
    public async Task A_file_that_was_only_too_long_has_become_right_too()
    {
        using var workshop = new Workshop();
        var data = workshop.Put("data.bin", [.. workshop.File.Bytes, .. "and more"u8]);
        using var roj = workshop.Sync(
            workshop.Configure("torrent.conf", true), data, One, "--exit-when-complete", "--on-complete", "echo ran > ran.txt");
        Assert.Equal(0, (await roj.EndAsync()).ExitCode);
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
        await Poll.UntilAsync(() => Ran(workshop) == "ran\n", Patience, "the command ran");
    }

    [Fact]
    public async Task Json_is_json_also_when_it_fails()
    {
        using var workshop = new Workshop();
        using var roj = workshop.Sync(workshop.At("no\"such\n.conf"), workshop.At("data.bin"), One, "--output", "json");
        var end = await roj.EndAsync();
        Assert.Equal((2, ""), (end.ExitCode, end.Errors));
        using var json = JsonDocument.Parse(end.Output);
        Assert.Equal("failed", json.RootElement.GetProperty("event").GetString());
        Assert.StartsWith(workshop.At("no\"such\n.conf"), json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_warnings_too()
    {
        using var workshop = new Workshop();
        workshop.Put("data.bin.roj", "junk");
        var data = workshop.Put("data.bin", workshop.File.Bytes);
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", true), data, One, "--output", "json", "--exit-when-complete");
        var end = await roj.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        var lines = end.Output.Split('\n');
        Assert.Contains("warning", lines.Select(AssertEvent));
        Assert.Contains("complete", lines.Select(AssertEvent));
    }

    [Theory]
    [InlineData("spaces and ünïcode 文件.bin")]
    [InlineData("-dash.bin")]
    [InlineData("\"quotes\" 'n' $HOME `id` *.bin")]
    [InlineData(".hidden")]
    [InlineData("no dot")]
    public async Task Any_name_that_a_file_may_have_will_do(string name)
    {
        using var workshop = new Workshop();
        using var giver = workshop.Sync(workshop.Configure("one.conf", true), workshop.Put("one " + name, workshop.File.Bytes), One);
        var conf = workshop.Configure("other.conf", true, One); // another name makes another info hash: the same parts none the less
        using var roj = workshop.Sync(conf, workshop.At(name), Other, "--exit-when-complete");
        var end = await roj.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Errors));
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(workshop.At(name)));
    }

    [Fact]
    public async Task A_name_too_long_for_a_file_beside_it_costs_the_memory_only()
    {
        using var workshop = new Workshop();
        var name = new string('n', 255);
        var data = workshop.Put(name, workshop.File.Bytes);
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", true, "127.0.0.9"), data, One);
        await roj.SaysAsync("complete");
        var (end, _) = await roj.SignalAsync(Native.SigTerm);
        Assert.Equal(0, end.ExitCode);
        Assert.All(end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.StartsWith($"roj: {data}.roj ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_could_be_no_file_elsewhere_is_refused_with_its_reason()
    {
        using var workshop = new Workshop();
        using var roj = workshop.Sync(workshop.Configure("torrent.conf", true), workshop.At("two\nlines"), One);
        var end = await roj.EndAsync();
        Assert.Equal((2, ""), (end.ExitCode, end.Output));
        Assert.Equal(1, end.Errors.Count(c => c == '\n'));
        Assert.Contains("control character", end.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(workshop.At("two\nlines")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    public async Task What_was_remembered_and_got_cut_off_is_ignored_with_a_warning(int kept)
    {
        using var workshop = new Workshop();
        using var giver = workshop.Sync(workshop.Configure("one.conf", true), workshop.Put("one.bin", workshop.File.Bytes), One);
        var (conf, data) = (workshop.Configure("other.conf", false, One), workshop.At("other.bin"));
        using (var first = workshop.Sync(conf, data, Other, "--exit-when-complete", "--seed-for", "1s"))
            Assert.Equal(0, (await first.EndAsync()).ExitCode);
        var memory = File.ReadAllBytes(data + ".roj");
        Assert.InRange(memory.Length, 100, 10_000);
        workshop.Put("other.bin.roj", memory.AsSpan(0, kept));
        File.Delete(data);

        using var second = workshop.Sync(conf, data, Other, "--exit-when-complete");
        var end = await second.EndAsync();
        Assert.Equal(0, end.ExitCode);
        Assert.Equal($"roj: {data}.roj makes no sense and is ignored\n", end.Errors);
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
    }

    [Fact]
    public Task A_full_disk_fails_and_what_was_right_stays_right() => Lab.RunAsync(2, "full-disk", async lab =>
    {
        using var workshop = new Workshop();
        var (giver, taker) = (lab.Hosts[0], lab.Hosts[1]);
        taker.LimitDisk(64 * 1024); // of the file's 65,636 bytes, and the memory and the log want some too
        var conf = workshop.Configure("one.conf", true);
        string[] Sync(LabHost host, string conf, string data) => ["sync", "--config", conf, "--data", data, "--address", host.Address];
        giver.Start(Repository.Program(), Sync(giver, conf, workshop.Put("one.bin", workshop.File.Bytes)));
        var data = Path.Combine(taker.Directory, "data.bin");
        // Two parts are right, with holes where the others belong.
        using (var file = File.Create(data))
        {
            file.Write(workshop.File.Part(0));
            file.Seek(3L * workshop.File.PartBytes, SeekOrigin.Begin);
            file.Write(workshop.File.Part(3));
        }

        var take = Sync(taker, workshop.Configure("other.conf", true, giver.Address), data);
        var roj = taker.Start(Repository.Program(), take, log: "../full-disk.log");
        Assert.Equal(1, await roj.ExitAsync(Patience));
        await roj.SaysAsync($"roj: cannot write {data}: No space left on device", Patience);
        var left = File.ReadAllBytes(data);
        Assert.Equal(workshop.File.Part(0), left.AsSpan(0, workshop.File.PartBytes));
        Assert.Equal(workshop.File.Part(3), left.AsSpan(3 * workshop.File.PartBytes, workshop.File.PartBytes));

        Tool.Run("mount", ["-n", "-o", "remount,size=1m", taker.Directory]);
        var again = taker.Start(Repository.Program(), [.. take, "--exit-when-complete"]);
        Assert.Equal(0, await again.ExitAsync(Patience));
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
    });

    [Fact]
    public async Task A_log_on_a_full_disk_does_not_end_it()
    {
        using var workshop = new Workshop();
        var conf = workshop.Configure("torrent.conf", true);
        var data = workshop.Put("data.bin", [.. workshop.File.Bytes, 1]);
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "exec \"$@\" > /dev/full", "sh", Repository.Program(), "sync", "--config", conf, "--data", data, "--address", One,
                "--exit-when-complete"]);
        using var roj = Process.Start(start)!;
        Assert.True(roj.WaitForExit(Patience));
        Assert.Equal(0, roj.ExitCode);
        Assert.Equal(workshop.File.Bytes, File.ReadAllBytes(data));
    }

    private static string Ran(Workshop workshop) =>
        File.Exists(workshop.At("ran.txt")) ? File.ReadAllText(workshop.At("ran.txt")) : "";

    private static string AssertEvent(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("event").GetString() ?? throw new LabException(line);
    }
}
