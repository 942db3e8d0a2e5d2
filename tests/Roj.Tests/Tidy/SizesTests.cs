using Xunit;

namespace Roj.Tests.Tidy;

public sealed class SizesTests(ITestOutputHelper output)
{
    private static readonly TextFile noExcesses = new("excesses.txt", "# none\n");

    [Fact]
    public void Nothing_has_grown_too_large()
    {
        var measures = Sizes.Of(Repository.Files).ToList();
        foreach (var file in measures.Where(m => m is { Kind: "file", Size: > Sizes.FileTalks }))
            output.WriteLine($"{file.Subject} has {file.Size} lines: at {Sizes.FileTalks} a file should be talked about");
        Breaches.None(Ratchet.InBreach(measures, Repository.File(Ratchet.ListPath)));
    }

    [Theory]
    [InlineData("file", Sizes.FileStops)]
    [InlineData("method", Sizes.MethodStops)]
    [InlineData("type", Sizes.TypeStops)]
    [InlineData("columns", Sizes.ColumnsStop)]
    [InlineData("publics", Sizes.PublicTypesStop)]
    public void Each_limit_holds_at_the_limit_and_stops_one_past_it(string kind, int limit)
    {
        Breaches.None(Ratchet.InBreach(Sizes.Of([Sample(kind, limit)]), noExcesses));
        Breaches.One(
            Ratchet.InBreach(Sizes.Of([Sample(kind, limit + 1)]), noExcesses),
            $"{kind} of {limit + 1}, the house stops at {limit}");
    }

    [Fact]
    public void The_parts_of_a_partial_type_are_one_type()
    {
        var half = Sample("type", Sizes.TypeStops / 2 + 1);
        Breaches.One(Ratchet.InBreach(Sizes.Of([half, half with { Path = "src/Roj.Kernel/B.cs" }]), noExcesses), "type of 402");
    }

    [Fact]
    public void A_closed_family_may_share_a_file() =>
        Assert.Equal(
            1,
            Sizes.Of([new("A.cs", "public abstract record A { public sealed record B : A; public sealed record C : A; }")])
                .Single(m => m.Kind == "publics").Size);

    [Theory]
    [InlineData(600, null)]
    [InlineData(599, "grew from 599 to 600")]
    [InlineData(601, "shrank from 601 to 600")]
    public void An_excess_may_stay_but_not_grow_and_a_smaller_one_is_written_down(int listed, string? said)
    {
        var list = new TextFile("excesses.txt", $"file src/Roj.Kernel/A.cs {listed}\n");
        var breaches = Ratchet.InBreach(Sizes.Of([Sample("file", 600)]), list);
        if (said is null)
            Breaches.None(breaches);
        else
            Breaches.One(breaches, said);
    }

    [Fact]
    public void An_excess_that_is_gone_leaves_the_list()
    {
        var list = new TextFile("excesses.txt", "file src/Roj.Kernel/A.cs 600\n");
        Breaches.One(Ratchet.InBreach(Sizes.Of([Sample("file", 10)]), list), "take it out");
    }

    private static TextFile Sample(string kind, int size) => new("src/Roj.Kernel/A.cs", kind switch
    {
        "file" => Times("// a line\n", size),
        "method" => $"class A\n{{\n    void B()\n    {{\n{Times("        C();\n", size - 3)}    }}\n}}\n",
        "type" => $"partial class A\n{{\n{Times("    int b;\n", size - 3)}}}\n",
        "columns" => new string('/', size) + "\n",
        "publics" => Times("public enum A { }\n", size),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    });

    private static string Times(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
