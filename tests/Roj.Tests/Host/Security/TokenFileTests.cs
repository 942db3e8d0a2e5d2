using System.Runtime.Versioning;
using Roj.Host.Disk;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>The file from which commands read the token is for its owner alone, at every moment.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TokenFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ScratchFolder folder = new();
    private readonly List<string> warnings = [];
    private readonly Keyring ring = Keyring.Of([ClusterKey.Create()]);

    private string Path => folder.At("token");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_holds_the_token_of_the_key_that_seals_and_follows_it()
    {
        Keep(ring);
        Assert.Equal(AccessToken.Of(ring.First) + "\n", File.ReadAllText(Path));
        var next = ring.Rotate(ClusterKey.Create());
        Keep(next);
        Assert.Equal(AccessToken.Of(next.First) + "\n", File.ReadAllText(Path));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path));
        Assert.Equal(["token"], folder.Names());
        Assert.Empty(warnings);
    }

    [Fact]
    public void Without_a_key_there_is_none()
    {
        Keep(null);
        Assert.Empty(folder.Names());
        Keep(ring);
        Keep(null);
        Assert.Empty(folder.Names());
        Assert.Empty(warnings);
    }

    [Fact]
    public void One_that_others_could_read_is_closed_and_told_of()
    {
        folder.Put("token", "old"u8);
        File.SetUnixFileMode(Path, OwnerOnly | UnixFileMode.GroupRead);
        Keep(ring);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path));
        Assert.StartsWith($"{Path} was open to other users of this machine", Assert.Single(warnings), StringComparison.Ordinal);
        AssertSecretsKept();
    }

    [Fact]
    public void What_a_killed_process_left_beside_it_is_not_written_to()
    {
        // Somebody holds it open, or it is another name of something that must stay as it is.
        folder.Put("another", "untouched"u8);
        File.CreateSymbolicLink(folder.At("token.new"), folder.At("another"));
        Keep(ring);
        Assert.Equal("untouched", File.ReadAllText(folder.At("another")));
        folder.Put("token.new", "begun"u8);
        File.SetUnixFileMode(folder.At("token.new"), OwnerOnly | UnixFileMode.OtherRead);
        using var reader = new FileStream(folder.At("token.new"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Keep(ring);
        Assert.Equal(5, reader.Length);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path));
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task No_moment_shows_it_to_others()
    {
        var contents = new byte[300_000];
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
                AtomicFile.WriteSecret(Path, contents);
        }, TestContext.Current.CancellationToken);
        SortedSet<UnixFileMode> seen = [];
        var looks = 0;
        while (!writing.IsCompleted)
        {
            try
            {
                seen.Add(File.GetUnixFileMode(Path + ".new"));
                looks++;
            }
            catch (FileNotFoundException)
            {
                // It is not there yet, or in its place already.
            }
        }

        await writing;
        Assert.NotEqual(0, looks);
        Assert.Equal([OwnerOnly], seen);
    }

    [Theory]
    [InlineData("no such folder")]
    [InlineData("a file")]
    public void Where_nothing_can_be_written_it_is_a_warning(string name)
    {
        folder.Put("a file", []);
        new TokenFile(folder.At(name), warnings.Add).Keep(ring);
        Assert.StartsWith($"cannot write {folder.At(name)}/token: ", Assert.Single(warnings), StringComparison.Ordinal);
        AssertSecretsKept();
    }

    [Fact]
    public void What_can_not_be_removed_is_a_warning()
    {
        Directory.CreateDirectory(Path);
        Keep(null);
        Assert.StartsWith($"{Path} lets nobody in any more, and can't be removed: ", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private void Keep(Keyring? keys) => new TokenFile(folder.At(""), warnings.Add).Keep(keys);

    private void AssertSecretsKept()
    {
        Assert.All(warnings, warning => Assert.DoesNotContain(AccessToken.Of(ring.First), warning, StringComparison.Ordinal));
        Assert.All(warnings, warning => Assert.DoesNotContain(ring.First.Reveal(), warning, StringComparison.Ordinal));
    }
}
