using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Roj.Tests.Cli;

/// <summary><c>roj completion</c>, and what holds for every command that it knows.</summary>
public sealed partial class CompletionTests
{
    private const string Bash = "/bin/bash";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("roj tor", "torrent")]
    [InlineData("roj torrent s", "show")]
    [InlineData("roj node --clus", "--cluster")]
    [InlineData("roj members --output j", "json")]
    [InlineData("roj torrent create file --tra", "--tracker")]
    [InlineData("roj completion --output text --he", "--help")]
    [InlineData("roj node --end-with", "")] // hidden
    public async Task Bash_completes(string typed, string words)
    {
        Assert.SkipUnless(File.Exists(Bash), "no bash");
        var script = (await RojRun.OfAsync(null, "completion", "bash")).Output;
        const string Machinery = """
            eval "$1"
            [[ $(complete -p roj) == *"-F _roj roj" ]] || exit 9
            COMP_WORDS=($2) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _roj
            printf '%s' "${COMPREPLY[*]}"
            """;
        var start = new ProcessStartInfo(Bash, ["-c", Machinery, "bash", script, typed]) { RedirectStandardOutput = true };
        using var bash = Process.Start(start)!;
        Assert.Equal(words, await bash.StandardOutput.ReadToEndAsync(Cancelled));
        await bash.WaitForExitAsync(Cancelled);
        Assert.Equal(0, bash.ExitCode);
    }

    [Theory]
    [InlineData("zsh", "bashcompinit")]
    [InlineData("fish", "complete -c roj -n \"__roj_at roj torrent\" -f -a show -d '")]
    public async Task Other_shells_have_theirs(string shell, string part)
    {
        var run = await RojRun.OfAsync(null, "completion", shell);
        Assert.Equal((0, ""), (run.Exit, run.Error));
        Assert.Contains(part, run.Output, StringComparison.Ordinal);
        Assert.SkipUnless(File.Exists($"/usr/bin/{shell}"), $"no {shell}");
        using var reader = Process.Start(new ProcessStartInfo($"/usr/bin/{shell}", ["-n"]) { RedirectStandardInput = true })!;
        await reader.StandardInput.WriteAsync(run.Output.AsMemory(), Cancelled);
        reader.StandardInput.Close();
        await reader.WaitForExitAsync(Cancelled);
        Assert.Equal(0, reader.ExitCode);
    }

    [Fact]
    public async Task Every_command_tells_wrong_use_in_json_too()
    {
        var script = (await RojRun.OfAsync(null, "completion", "bash")).Output;
        string[] commands = [.. Commands().Matches(script).Select(match => match.Groups[1].Value)];
        Assert.Contains(" torrent show", commands);
        foreach (var some in commands.Chunk(4))
            await Task.WhenAll(some.Select(WrongUseAsync));
    }

    private static async Task WrongUseAsync(string command)
    {
        // Two: where a command takes any word, the first could be it.
        string[] wrong = ["--no-such-option", "--nor-this", "--output", "json"];
        string[] words = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. wrong];
        var run = await RojRun.OfAsync(null, words);
        Assert.Equal((2, ""), (run.Exit, run.Output));
        using var json = JsonDocument.Parse(run.Error);
        var said = json.RootElement;
        Assert.Equal(["title", "detail", "exitCode"], said.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("wrong use", 2), (said.GetProperty("title").GetString(), said.GetProperty("exitCode").GetInt32()));
        Assert.Contains($"roj{command} --help", said.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [GeneratedRegex("^ +'roj((?: [a-z]+)*)'\\) words=", RegexOptions.Multiline)]
    private static partial Regex Commands();
}
