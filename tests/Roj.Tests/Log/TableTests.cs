using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Log;

public sealed class TableTests
{
    [Fact]
    public void It_finds_what_was_put_there_last()
    {
        var table = Of("b", "a");
        table["a"] = 7;
        Assert.True(table.TryGetValue("a", out var found));
        Assert.Equal(7, found);
        Assert.Equal(2, table.Count);
        Assert.True(table.Has("b"));
        Assert.False(table.Has("c"));
        Assert.Throws<ArgumentException>(() => table.Add("a", 1));
        Assert.Throws<KeyNotFoundException>(() => table["c"]);
    }

    [Fact]
    public void What_is_taken_out_is_not_there()
    {
        var table = Of("a", "b", "c", "d");
        Assert.True(table.Remove("a", out var value));
        Assert.Equal(0, value);
        Assert.False(table.Remove("a"));
        table.RemoveWhere((key, place) => key == "b" || place == 3);
        Assert.Equal(["c"], table.SortedKeys());
        table.Clear();
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Its_keys_are_told_in_their_order_whatever_was_added_first()
    {
        Assert.Equal(Enumerable.Range(0, 1000), Numbered(Enumerable.Range(0, 1000).Reverse()).SortedKeys());
        Assert.Equal(Enumerable.Range(0, 1000), Numbered(Enumerable.Range(0, 1000).Select(i => i * 7919 % 1000)).SortedKeys());
    }

    [Fact]
    public void It_has_nothing_to_be_walked_with() =>
        Assert.Empty(typeof(Table<,>).GetInterfaces());

    [Fact]
    public void Bytes_that_are_the_same_have_the_same_hash() =>
        Assert.Equal(Hashes.Of("a key"u8), Hashes.Of("a key".Select(c => (byte)c).ToArray()));

    private static Table<string, int> Of(params string[] names)
    {
        var table = new Table<string, int>();
        foreach (var (place, name) in names.Index())
            table.Add(name, place);
        return table;
    }

    private static Table<int, int> Numbered(IEnumerable<int> keys)
    {
        var table = new Table<int, int>();
        foreach (var key in keys)
            table.Add(key, 0);
        return table;
    }
}
