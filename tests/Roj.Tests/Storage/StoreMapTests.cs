using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage;

/// <summary>The map of the store: whoever makes it, misses it or comes to it, all keys are where it says.</summary>
public sealed class StoreMapTests
{
    [Fact]
    public void What_was_begun_by_one_leader_is_ended_by_the_next()
    {
        var lab = new StoreLab(2);
        foreach (var i in Enumerable.Range(0, 50))
            lab.Set(1, $"key{i}", "value");
        lab.Nodes.Add(new StoreLab.Member { Number = 3 });
        lab.Boot(3);
        lab.Pass(2.01); // there is another map, and there are formers
        (lab.Leader, lab.Leadership) = (2, 4);
        lab.See();
        lab.Pass(30);
        Assert.All(Enumerable.Range(0, 256), slot => Assert.Empty(lab[1].Shell!.Store.Map!.FormersOf(slot)));
        Assert.All(lab.Nodes, node => Assert.True(node.Shell!.Store.Held.IsEmpty));
    }

    [Fact]
    public void A_node_that_is_gone_for_good_is_replaced()
    {
        var lab = new StoreLab(3);
        string[] keys = [.. Enumerable.Range(0, 100).Select(i => $"key{i}")];
        foreach (var key in keys)
            lab.Set(1, key, key);
        lab.Stop(2);
        lab.Wipe(2);
        lab.Forget(2);
        lab.Pass(60);
        Assert.All(keys, key => Assert.Equal($"{key} - {key}", lab.Copies(key)));
    }

    [Fact]
    public void A_map_that_is_lost_on_its_way_is_heard_of_soon()
    {
        var lab = new StoreLab(2);
        lab.Nodes.Add(new StoreLab.Member { Number = 3 });
        lab.Loses = (_, to, message) => to == 3 && message is StorageMessage.MapIs;
        lab.Boot(3);
        lab.Pass(2.01);
        Assert.Null(lab[3].Shell!.Store.Map);
        lab.Loses = (_, _, _) => false;
        lab.Pass(4);
        Assert.Equal(lab[1].Shell!.Store.Map!.Version, lab[3].Shell!.Store.Map?.Version);
    }

    [Fact]
    public void Two_sides_that_were_apart_become_one_and_keep_what_each_was_given()
    {
        var lab = new StoreLab(4);
        lab.Set(1, "before", "value");
        lab.Apart(3, 4);
        lab.Pass(5);
        string[] left = [.. Enumerable.Range(0, 100).Select(i => $"left{i}")];
        string[] right = [.. Enumerable.Range(0, 100).Select(i => $"right{i}")];
        foreach (var key in left)
            lab.Set(1, key, key);
        foreach (var key in right)
            lab.Set(4, key, key);
        lab.Apart();
        lab.Pass(60);
        foreach (var key in left.Concat(right))
        {
            Assert.Equal(key, lab.Get(2, key));
            Assert.Equal(2, lab.Copies(key).Split(' ').Count(copy => copy == key));
        }
    }

    [Fact]
    public void Who_missed_the_map_is_told_it_again()
    {
        var lab = new StoreLab(1);
        lab.Nodes.Add(new StoreLab.Member { Number = 2 });
        lab.Loses = (_, to, message) => to == 2 && message is StorageMessage.MapIs;
        lab.Boot(2);
        lab.Pass(2.5); // there is a map of both
        Assert.Null(lab[2].Shell!.Store.Map);
        lab.Loses = (_, _, _) => false;
        lab.Pass(40);
        Assert.Equal(2, lab[2].Shell!.Store.Map!.Nodes.Count);
    }
}
