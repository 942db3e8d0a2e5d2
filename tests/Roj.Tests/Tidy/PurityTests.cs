using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Roj.Tests.Tidy;

public sealed partial class PurityTests
{
    [Fact]
    public void No_core_says_a_word_that_the_analyzer_misses() => Breaches.None(Purity.InBreach(Repository.Files));

    [Theory]
    [InlineData("HashSet<int> seen = [1];", "HashSet")]
    [InlineData("int Sum(Dictionary<int, int> table) => 0;", "Dictionary")]
    [InlineData("object O(int[] x) => x.ToHashSet();", "ToHashSet")]
    [InlineData("void L() { lock (this) { } }", "never waits")]
    [InlineData("async void L() { }", "never waits")]
    public void A_word_that_the_analyzer_misses_is_caught(string member, string said)
    {
        var text = $"class A {{ {member} }}\n";
        Breaches.One(Purity.InBreach([new("src/Roj.Files/A.cs", text)]), said);
        Breaches.None(Purity.InBreach([new("src/Roj.Host/A.cs", text), new("tests/Roj.Tests/A.cs", text)]));
    }

    [Fact]
    public void Words_in_comments_and_ordered_tables_are_fine() =>
        Breaches.None(Purity.InBreach([new("src/Roj.Files/A.cs", "// no HashSet here\nclass A { SortedDictionary<int, int> b = []; }\n")]));

    /// <summary>Compiles a small core under the house's own rules, and expects an error for every line but the last.</summary>
    [Fact]
    public async Task The_compiler_refuses_a_core_that_touches_the_world()
    {
        string[] members =
        [
            "object Now() => DateTime.UtcNow;",
            "object Ticks() => Environment.TickCount64;",
            "object Watch() => System.Diagnostics.Stopwatch.GetTimestamp();",
            "object Spawn() => Task.Run(() => { });",
            "object Many() => Parallel.For(0, 2, _ => { });",
            "object Gate() => new SemaphoreSlim(1);",
            "object Id() => Guid.NewGuid();",
            "object Chance() => new Random(1).Next();",
            "object Table() { var d = new Dictionary<int, int>(); foreach (var pair in d) { _ = pair; } return d; }",
            "object Set() => new HashSet<int>();",
            "object Frozen(int[] x) => System.Collections.Frozen.FrozenSet.ToFrozenSet(x);",
            "object Shared() => new System.Collections.Concurrent.ConcurrentDictionary<int, int>();",
            "object Read() => File.ReadAllText(\"x\");",
            "object Hash() => \"x\".GetHashCode();",
            "object HashOf(string s) => s.GetHashCode(StringComparison.Ordinal);",
            "object Mixed() => HashCode.Combine(1, 2);",
            "void Say() => Console.WriteLine();",
            "object Socket() => new System.Net.Sockets.TcpClient();",
            "object Ordered() => new SortedDictionary<int, int> { [1] = 2 };",
        ];
        using var house = new HouseOnTrial();
        house.Write(
            "src/Core/Core.csproj",
            """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><RojPure>true</RojPure></PropertyGroup></Project>""");
        // On one line before the members, so that the member at index 0 stands on line 2.
        house.Write("src/Core/Core.cs", $"namespace Core; internal sealed class Impure {{\n{string.Join('\n', members)}\n}}\n");

        var said = await house.Build("src/Core");

        var lines = Banned().Matches(said).Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        var refused = lines.Select(line => line - 2).Distinct().Order();
        Assert.True(Enumerable.Range(0, members.Length - 1).SequenceEqual(refused), said);
    }

    [GeneratedRegex(@"Core\.cs\((\d+),\d+\): error RS0030")]
    private static partial Regex Banned();

    /// <summary>The repository's rules in an empty folder.</summary>
    private sealed class HouseOnTrial : IDisposable
    {
        private static readonly string[] rules =
        [
            ".editorconfig", "BannedSymbols.txt", "global.json",
            "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props",
        ];

        private readonly string root = Directory.CreateTempSubdirectory("roj-purity-").FullName;

        public HouseOnTrial()
        {
            foreach (var rule in rules)
                File.Copy(Path.Combine(Repository.Root, rule), Path.Combine(root, rule));
        }

        public void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
            File.WriteAllText(Path.Combine(root, path), text);
        }

        /// <summary>Everything that the build said. It leaves no process behind; the package that it needs is there already.</summary>
        public async Task<string> Build(string project)
        {
            string[] arguments = ["build", project, "-nodeReuse:false", "-p:UseSharedCompilation=false", "-p:NuGetAudit=false"];
            var start = new ProcessStartInfo("dotnet", arguments)
            {
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["TMPDIR"] = root; // each build leaves two empty directories there (dotnet/sdk#35353)
            using var build = Process.Start(start)!;
            var errors = build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await build.WaitForExitAsync(TestContext.Current.CancellationToken);
            return output + await errors;
        }

        public void Dispose() => Directory.Delete(root, recursive: true);
    }
}
