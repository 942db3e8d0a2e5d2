using Roj.Storage;
using Roj.Tests.Storage.Resp;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>Keys: their order, and their limits.</summary>
public sealed class StorageKeyTests
{
    [Fact]
    public void Keys_are_in_order_by_database_then_by_bytes()
    {
        StorageKey[] sorted = [Key(0, "a"), Key(0, "a\0"), Key(0, "b"), Key(0, "\u00ff"), Key(1, "\0"), Key(1, "a"), Key(15, "a")];
        for (var i = 0; i < sorted.Length; i++)
        {
            for (var j = 0; j < sorted.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(sorted[i].CompareTo(sorted[j])));
                Assert.Equal(i == j, sorted[i] == sorted[j]);
                Assert.Equal(i < j, sorted[i] < sorted[j]);
                Assert.Equal(i >= j, sorted[i] >= sorted[j]);
            }
        }
    }

    [Fact]
    public void Keys_have_limits()
    {
        var most = new byte[StorageLimits.KeyBytesMax];
        Assert.Equal(most, new StorageKey(StorageLimits.Databases - 1, most).Name.ToArray());
        Assert.Throws<ArgumentException>(() => new StorageKey(0, new byte[StorageLimits.KeyBytesMax + 1]));
        Assert.Throws<ArgumentException>(() => new StorageKey(0, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StorageKey(-1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StorageKey(StorageLimits.Databases, new byte[1]));
    }

    [Fact]
    public void Keys_are_shown_without_what_can_t_be_shown() => Assert.Equal("3/a.b.", Key(3, "a\0b\u00ff").ToString());

    private static StorageKey Key(int database, string name) => new(database, RespClient.Bytes(name));
}
