using Roj.Host.Pushes;
using Xunit;

namespace Roj.Tests.Host.Pushes;

/// <summary>Where a pushed file goes, and what is kept of the one before.</summary>
public sealed class PushPlaceTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("app", true)]
    [InlineData("bin/app-1.2", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("../app", false)]
    [InlineData("bin/../../app", false)]
    [InlineData("bin//app", false)]
    [InlineData("bin/", false)]
    [InlineData(".app", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\\b", false)]
    public void It_stays_in_its_folder(string? into, bool isOne) => Assert.Equal(isOne, PushPlace.IsOne(into));

    [Fact]
    public void It_has_a_length() =>
        Assert.Equal((true, false), (PushPlace.IsOne(new string('a', 200)), PushPlace.IsOne(new string('a', 201))));

    [Fact]
    public async Task What_was_there_is_there_again()
    {
        var source = folder.At("source");
        File.WriteAllText(source, "new");
        var place = new PushPlace(folder.At(""), "bin/app");
        Directory.CreateDirectory(Path.GetDirectoryName(place.Path)!);
        File.WriteAllText(place.Path, "old");
        await place.PrepareAsync(source, TestContext.Current.CancellationToken);
        Assert.True(place.Keep());
        Assert.Equal("old", File.ReadAllText(place.Path));
        place.Switch();
        Assert.Equal("new", File.ReadAllText(place.Path));
        place.Restore(hadBefore: true);
        place.Restore(hadBefore: true); // a node that was killed on the way does it again
        Assert.Equal("old", File.ReadAllText(place.Path));
    }

    [Fact]
    public async Task Where_nothing_was_there_is_nothing_again()
    {
        var source = folder.At("source");
        File.WriteAllText(source, "new");
        var place = new PushPlace(folder.At(""), "app");
        await place.PrepareAsync(source, TestContext.Current.CancellationToken);
        Assert.False(place.Keep());
        place.Switch();
        place.Restore(hadBefore: false);
        Assert.False(File.Exists(place.Path));
    }
}
