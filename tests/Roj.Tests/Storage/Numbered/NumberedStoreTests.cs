using System.Text;
using Roj.Kernel;
using Roj.Node;
using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage.Numbered;

/// <summary>The seed's router and its numbered servers, without sockets: who has what, who is corrected, what is refused.</summary>
public sealed class NumberedStoreTests
{
    [Fact]
    public void A_value_goes_to_server_h_and_to_h_plus_1()
    {
        var lab = new NumberedLab(3);
        foreach (var (first, copies) in (IEnumerable<(int, string)>)[(0, "v v -"), (1, "- v v"), (2, "v - v")])
        {
            lab.Set(lab.KeyOf(first), "v");
            Assert.Equal(copies, lab.Copies(lab.KeyOf(first)));
            Assert.Equal("v", lab.Get(lab.KeyOf(first)));
        }
    }

    [Fact]
    public void One_server_alone_and_two_that_both_have_all()
    {
        var one = new NumberedLab(1);
        one.Set("a", "1");
        Assert.Equal(("1", "1"), (one.Copies("a"), one.Get("a")));
        var two = new NumberedLab(2);
        two.Set("a", "1");
        Assert.Equal("1 1", two.Copies("a"));
    }

    [Fact]
    public void A_server_whose_clock_is_hours_ahead_is_corrected_too()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(1);
        lab.Stop(2);
        lab.Set(key, "v");
        lab.Unix += 7_200_000;
        lab.Start(2);
        lab.Pass(2);
        Assert.Equal(("- v v", 0), (lab.Copies(key), lab.Router.Hints));
    }

    [Fact]
    public void Early_correction_by_an_entry_in_the_table()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(1);
        lab.Stop(2);
        lab.Set(key, "v");
        Assert.Equal(("- v -", 1), (lab.Copies(key), lab.Router.Hints));
        lab.Stop(1); // the entry has all that is needed: no other server is
        lab.Start(2);
        lab.Pass(0.1);
        Assert.Equal(("- v v", 0), (lab.Copies(key), lab.Router.Hints));
        Assert.Equal("v", lab.Get(key));
    }

    [Fact]
    public void Early_correction_by_the_buffer_where_all_servers_of_the_key_were_down()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(1);
        lab.Stop(1, 2);
        lab.Set(key, "v");
        Assert.Equal(StorageFault.NoServer, lab.Fault(new StorageCall.Read(StoreLab.Key(key))));
        lab.StopRouter(); // table and buffer are on its disk
        lab.StartRouter();
        lab.Start(2);
        Assert.Equal("v", lab.Get(key)); // as soon as one server is there
        lab.Pass(0.1);
        Assert.Equal("- - v", lab.Copies(key));
        lab.Start(1);
        lab.Pass(0.1);
        Assert.Equal(("- v v", 0), (lab.Copies(key), lab.Router.Hints));
    }

    [Fact]
    public void Late_correction_of_a_server_that_lost_what_it_had()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(1);
        lab.Set(key, "v");
        lab.Stop(2);
        lab.Wipe(2);
        lab.Start(2);
        Assert.Equal("- v -", lab.Copies(key));
        Assert.Equal("v", lab.Get(key));
        Assert.Equal("- v v", lab.Copies(key));
    }

    [Fact]
    public void Late_correction_of_a_server_that_has_an_older_version()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(0);
        lab.Set(key, "old");
        new LogShelf(lab.LogOf(1)).Find(StoreLab.Key(key), out var old, out _);
        lab.Set(key, "new");
        new LogShelf(lab.LogOf(1)).Keep(StoreLab.Key(key), old!); // as if its disk had been put back from a backup
        Assert.Equal("new old -", lab.Copies(key));
        Assert.Equal("new", lab.Get(key));
        Assert.Equal("new new -", lab.Copies(key));
    }

    [Fact]
    public void A_server_that_was_away_does_not_bring_back_what_was_deleted()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(0);
        lab.Set(key, "v");
        lab.Stop(1);
        lab.Delete(key);
        Assert.Equal("x v -", lab.Copies(key));
        lab.Start(1);
        Assert.Equal([], lab.Keys());
        Assert.Null(lab.Get(key));
        lab.Pass(0.1);
        Assert.Equal("x x -", lab.Copies(key));
        lab.Stop(0);
        Assert.Null(lab.Get(key));
    }

    [Fact]
    public void What_was_acknowledged_is_read_though_the_server_that_just_came_has_not_been_given_it()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(1);
        lab.Set(key, "old");
        lab.Stop(1, 2);
        lab.Set(key, "new");
        lab.Loses = (_, message) => message is StorageMessage.Put;
        lab.Start(2);
        Assert.Equal("- old old", lab.Copies(key));
        Assert.Equal("new", lab.Get(key));
    }

    [Fact]
    public void A_router_whose_clock_went_back_while_it_was_down_and_all_servers_too_writes_later_versions_all_the_same()
    {
        var lab = new NumberedLab(2);
        lab.Set("a", "old");
        lab.Stop(0, 1);
        lab.StopRouter();
        lab.Unix -= 3_600_000;
        lab.StartRouter();
        lab.Set("a", "new"); // in the buffer
        lab.Start(0);
        lab.Start(1);
        lab.Pass(0.1);
        Assert.Equal(("new new", "new"), (lab.Copies("a"), lab.Get("a")));
    }

    [Fact]
    public void A_server_that_is_there_and_silent_gets_an_entry_after_a_while()
    {
        var lab = new NumberedLab(3);
        var key = lab.KeyOf(0);
        lab.Loses = (server, message) => server == 1 && message is StorageMessage.Put;
        lab.Set(key, "v");
        Assert.Equal(("v - -", 1), (lab.Copies(key), lab.Router.Hints));
        lab.Loses = (_, _) => false;
        lab.Pass(10);
        Assert.Equal(("v v -", 0), (lab.Copies(key), lab.Router.Hints));
    }

    [Fact]
    public void Lists_have_each_key_once_that_a_server_here_has_and_none_of_another_database()
    {
        var lab = new NumberedLab(5);
        string[] names = [.. Enumerable.Range(0, 60).Select(i => $"key{i:00}")];
        foreach (var name in names)
            lab.Set(name, "v");
        lab.Set("other", "v", database: 1);
        Assert.Equal(names, lab.Keys());
        Assert.Equal(["other"], lab.Keys(database: 1));
        Assert.Equal(60, Assert.IsType<StorageAnswer.Number>(lab.Ask(new StorageCall.Count(0))).Result);
        lab.Stop(3);
        Assert.Equal(names, lab.Keys());
        lab.Stop(4); // and with it all servers of the keys of 3
        Assert.Equal(names.Where(name => ServerNumbers.FirstOf(Encoding.UTF8.GetBytes(name), 5) != 3), lab.Keys());
        Assert.Equal(StorageFault.NoServer, lab.Fault(new StorageCall.Clear(0)));
        lab.Stop(0, 1, 2);
        Assert.Equal(StorageFault.NoServer, lab.Fault(new StorageCall.List(0, 0, 10)));
        lab.Start(0);
        lab.Start(2);
        lab.Start(4);
        Assert.Equal(StorageAnswer.Done.Yes, lab.Ask(new StorageCall.Clear(0)));
        Assert.Equal([], lab.Keys());
        Assert.Equal(["other"], lab.Keys(database: 1));
    }

    [Fact]
    public void A_list_waits_for_a_server_that_is_there_and_silent_and_says_so_in_the_end()
    {
        var lab = new NumberedLab(3);
        lab.Set(lab.KeyOf(0), "v");
        var left = 2;
        lab.Loses = (server, message) => server == 0 && message is StorageMessage.List && left-- > 0;
        Assert.Equal([lab.KeyOf(0)], lab.Keys());
        lab.Loses = (server, message) => server == 0 && message is StorageMessage.List;
        Assert.Equal(StorageFault.TimedOut, lab.Fault(new StorageCall.List(0, 0, 10)));
    }

    [Fact]
    public void Nothing_is_acknowledged_before_it_is_on_a_disk()
    {
        var lab = new NumberedLab(2);
        lab.Writes(1, false);
        var write = lab.Begin(Write("a", 1));
        Assert.Null(lab.AnswerTo(write));
        lab.Writes(1, true);
        lab.Pass(0);
        Assert.Equal(StorageAnswer.Done.Yes, lab.AnswerTo(write));
        lab.Stop(0, 1);
        lab.RouterWrites = false;
        write = lab.Begin(Write("a", 2));
        lab.Pass(1);
        Assert.Null(lab.AnswerTo(write));
        lab.RouterWrites = true;
        lab.Pass(0);
        Assert.Equal(StorageAnswer.Done.Yes, lab.AnswerTo(write));
    }

    [Fact]
    public void What_finds_no_room_in_table_and_buffer_is_refused_and_nothing_that_was_acknowledged_is_dropped()
    {
        var lab = new NumberedLab(1, settings => settings with { HintsMax = 3 });
        lab.Stop(0);
        foreach (var name in (string[])["a", "b", "c"])
            lab.Set(name, "v");
        var refused = Assert.IsType<StorageAnswer.Failed>(lab.Ask(Write("d", 1)));
        Assert.Equal((StorageFault.Full, Roj.Agreement.Applied.No), (refused.Fault, refused.Applied));
        lab.Set("a", "w"); // takes the place of another
        lab.Start(0);
        lab.Pass(0.1);
        Assert.Equal(["a", "b", "c"], lab.Keys());
        Assert.Equal("w", lab.Get("a"));
        lab.Set("d", "v");
    }

    [Fact]
    public void What_finds_no_bytes_left_in_table_and_buffer_is_refused()
    {
        const int head = Stamp.Length + 1;
        var lab = new NumberedLab(1, settings => settings with { HintBytesMax = 2 * (head + 100) });
        lab.Stop(0);
        Assert.Equal(StorageAnswer.Done.Yes, lab.Ask(Write("a", 100)));
        Assert.Equal(StorageFault.Full, lab.Fault(Write("b", 101)));
        Assert.Equal(StorageAnswer.Done.Yes, lab.Ask(Write("b", 100)));
    }

    [Fact]
    public void What_finds_no_room_on_the_routers_disk_is_refused()
    {
        var lab = new NumberedLab(1);
        lab.Stop(0);
        lab.Set("a", "v");
        lab.RouterDisk.Capacity = lab.RouterDisk.Files.Values.Sum(file => (long)file.Length);
        Assert.Equal(StorageAnswer.Done.Yes, lab.Ask(Write("b", 1000))); // into the reserve
        Assert.Equal(StorageFault.Full, lab.Fault(Write("c", 1000)));
        lab.Start(0);
        lab.Pass(0.1);
        Assert.Equal("v", lab.Get("a"));
        Assert.Equal(["a", "b"], lab.Keys());
    }

    [Fact]
    public void A_router_says_nothing_of_maps_to_its_servers()
    {
        var lab = new NumberedLab(3);
        lab.Set("a", "v");
        lab.Pass(60);
        Assert.DoesNotContain(lab.Said, said => said.Message is StorageMessage.Compare or StorageMessage.MapIs or StorageMessage.Holds);
    }

    [Fact]
    public void Two_nodes_without_a_map_do_not_ask_each_other_for_it_for_ever()
    {
        var shelf = new LogShelf(new NumberedLab(1).LogOf(0));
        var store = new Store(new StoreSettings { Self = new NodeId(1), Boot = 1 }, shelf, new Rng(1));
        var outbox = new Outbox<NodeId, StorageMessage, StorageEvent, StorageEffect>();
        store.Receive(default, new NodeId(2), new StorageMessage.Compare(default, 0, 0, []), outbox);
        Assert.Equal(0, outbox.Count);
    }

    private static StorageCall.Write Write(string name, int bytes) => new(StoreLab.Key(name), new byte[bytes]);
}
