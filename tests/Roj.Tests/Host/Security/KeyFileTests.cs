using System.Text;
using Roj.Host.Security;
using Xunit;

namespace Roj.Tests.Host.Security;

/// <summary>The file that a cluster's key is kept in.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<string> warnings = [];
    private readonly ClusterKey key = ClusterKey.Create();
    private readonly ClusterKey other = ClusterKey.Create();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_its_owners_alone_and_never_written_over()
    {
        var path = folder.At("key");
        KeyFile.Create(path, key);
        Assert.Equal([key.Id], KeyFile.Read(path, warnings.Add).Select(one => one.Id));
        Assert.Empty(warnings);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var refused = Assert.Throws<KeyException>(() => KeyFile.Create(path, other));
        Assert.Equal($"{path} is there already, and a key that is lost can't be made again: move it away first", refused.Message);
        Assert.Equal([key.Id], KeyFile.Read(path, warnings.Add).Select(one => one.Id));
        refused = Assert.Throws<KeyException>(() => KeyFile.Create(folder.At("no/such"), key));
        Assert.StartsWith($"cannot write {folder.At("no/such")}: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Whoever_else_may_read_or_write_it_is_warned_of(UnixFileMode more)
    {
        var path = Put($"{key.Reveal()}\n");
        if (OperatingSystem.IsWindows())
            return; // no such modes
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        KeyFile.Read(path, warnings.Add);
        Assert.Equal([$"{path} is open to other users of this machine: chmod 600 {path}"], warnings);
    }

    [Fact]
    public void Several_stand_in_lines_among_comments()
    {
        var text = $"# of the lab\r\n\n  {key.Reveal()}\r\n{other.Reveal().ToUpperInvariant()}";
        Assert.Equal([key.Id, other.Id], KeyFile.Read(Put(text), warnings.Add).Select(one => one.Id));
    }

    [Fact]
    public void What_is_none_is_refused_and_not_repeated()
    {
        var text = key.Reveal();
        Refused("", "has 0 keys; 1 to 3 may be there, a line each: 'roj keygen' makes one");
        Refused($"{text}\n{text}\n", "line 2: this key is there twice");
        Refused($"#\n{text[..^1]}\n", "line 2: a key has 63 characters, this has 62");
        Refused("password\n", "line 1: a key begins with roj1-, this does not");
        Refused(string.Concat(Enumerable.Range(0, 4).Select(_ => ClusterKey.Create().Reveal() + "\n")), "has 4 keys; 1 to 3 may be there");
        Refused(new string('x', 10_000), "line 1: a key begins with roj1-, this does not");
        var missing = Assert.Throws<KeyException>(() => KeyFile.Read(folder.At("none"), warnings.Add));
        Assert.StartsWith($"cannot read the key in {folder.At("none")}: ", missing.Message, StringComparison.Ordinal);
        Assert.Throws<KeyException>(() => KeyFile.Read(folder.At(""), warnings.Add));

        void Refused(string content, string why)
        {
            var refused = Assert.Throws<KeyException>(() => KeyFile.Read(Put(content), warnings.Add));
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(text[6..], refused.Message, StringComparison.Ordinal);
        }
    }

    private string Put(string text)
    {
        var path = folder.Put("key", Encoding.UTF8.GetBytes(text));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
