using System.Reflection;
using Xunit;

namespace Roj.Tests.Tidy;

public sealed class PublicSurfaceTests
{
    // A library joins when its wing is done; until then its surface is still being found.
    public static TheoryData<string> Reviewed => new("Roj.Cluster", "Roj.Kernel");

    [Theory]
    [MemberData(nameof(Reviewed))]
    public void The_surface_is_the_reviewed_one(string library)
    {
        var shown = PublicSurface.Of(Assembly.Load(library).GetTypes());
        var path = $"tests/Roj.Tests/Tidy/PublicSurface/{library}.txt";
        if (Environment.GetEnvironmentVariable("ROJ_REGENERATE") == "1")
            File.WriteAllLines(Path.Combine(Repository.Root, path), shown);
        else
            Breaches.None(PublicSurface.InBreach(shown, Repository.File(path).Lines));
    }

    [Fact]
    public void No_list_is_left_without_its_library() =>
        Assert.Equal(
            Reviewed.Select(row => $"tests/Roj.Tests/Tidy/PublicSurface/{row.Data}.txt").Order(StringComparer.Ordinal),
            Repository.Files.Where(f => f.Folder == "tests/Roj.Tests/Tidy/PublicSurface").Select(f => f.Path));

    [Fact]
    public void What_others_can_reach_is_listed_and_nothing_else() =>
        Assert.Equal(
            [
                "Roj.Tests.Tidy.PublicSurfaceTests.Sample (sealed class)",
                "Roj.Tests.Tidy.PublicSurfaceTests.Sample.Limit = 3",
                "Roj.Tests.Tidy.PublicSurfaceTests.Sample.Pick<T>(ReadOnlySpan<T> from, out Int32[] rest, Boolean quick?): Nullable<Int32>",
                "Roj.Tests.Tidy.PublicSurfaceTests.Sample.Size: Int32 { get; init; }",
                "Roj.Tests.Tidy.PublicSurfaceTests.Sample.new(Int32 Size)",
            ],
            PublicSurface.Of([typeof(Sample), typeof(Hidden)]));

    [Fact]
    public void A_member_that_came_and_one_that_went_are_caught() =>
        Assert.Equal(["new: b", "gone: c"], PublicSurface.InBreach(["a", "b"], ["a", "c"]));

    public sealed record Sample(int Size)
    {
        public const int Limit = 3;
        internal const int Inner = 4;

        public static int? Pick<T>(ReadOnlySpan<T> from, out int[] rest, bool quick = false)
        {
            rest = [];
            return quick ? null : Hide(from.Length);
        }

        private static int Hide(int count) => count + Inner;
    }

    private sealed record Hidden;
}
