using System.Collections.Concurrent;
using System.Text;
using Roj.Host.Sharing;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Sharing;

/// <summary>Two services on the loopback, each with an address of its own, as two nodes of one machine have them.</summary>
public sealed class FileServiceTests : IAsyncDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly List<FileService> services = [];
    private readonly ConcurrentQueue<FileNews> news = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services)
            await service.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_one_shares_another_gets()
    {
        var bytes = Shared.Random(3_000_000);
        var (one, other) = Pair();
        var shared = await one.ShareAsync(folder.Put("film.mkv", bytes), Cancelled);
        Assert.Equal(("film.mkv", 3_000_000L, true), (shared.Name, shared.Size, shared.IsComplete));

        Assert.False((await other.FetchAsync(shared.Id, null, Cancelled)).IsComplete);
        var got = await CompleteAsync(other, shared.Id);

        Assert.Equal(bytes, File.ReadAllBytes(got.Path!));
        Assert.Equal(folder.At($"1/files/{shared.Id}/film.mkv"), got.Path);
        Assert.Equal([got.Id], (await other.ListAsync(Cancelled)).Select(file => file.Id));
        await Soon.UntilAsync(() => news.OfType<FileNews.Completed>().Any(what => what.File.Id == got.Id), "it is told");
    }

    [Fact]
    public async Task Many_go_at_once_and_one_goes_where_it_is_wanted()
    {
        var (one, other) = Pair();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await one.ShareAsync(folder.Put($"file-{i}", Shared.Random(400_000 + i, (ulong)i + 1)), Cancelled)).Id);
        Directory.CreateDirectory(folder.At("here"));
        await other.FetchAsync(ids[0], folder.At("here"), Cancelled);
        await other.FetchAsync(ids[1], folder.At("there"), Cancelled);
        foreach (var id in ids[2..])
            await other.FetchAsync(id, null, Cancelled);

        for (var i = 0; i < ids.Count; i++)
        {
            var got = await CompleteAsync(other, ids[i]);
            Assert.Equal(Shared.Random(400_000 + i, (ulong)i + 1), File.ReadAllBytes(got.Path!));
        }

        Assert.True(File.Exists(folder.At("here/file-0")));
        Assert.True(File.Exists(folder.At("there")));
    }

    [Fact]
    public async Task The_same_file_twice_is_one_file()
    {
        var (one, other) = Pair();
        var path = folder.Put("twice", Shared.Random(100_000));
        var first = await one.ShareAsync(path, Cancelled);
        Assert.Equal(first, await one.ShareAsync(path, Cancelled) with { Peers = first.Peers });
        Assert.Single(await one.ListAsync(Cancelled));

        await other.FetchAsync(first.Id.ToUpperInvariant(), null, Cancelled);
        await CompleteAsync(other, first.Id);
        Assert.True((await other.FetchAsync(first.Id, null, Cancelled)).IsComplete);
        var elsewhere = await Assert.ThrowsAsync<FileException>(() => other.FetchAsync(first.Id, folder.At("elsewhere"), Cancelled));
        Assert.Equal(FileProblem.Conflict, elsewhere.Problem);
        Assert.Single(await other.ListAsync(Cancelled));
    }

    [Fact]
    public async Task Who_comes_from_an_earlier_turn_shares_nothing_where_a_later_one_has()
    {
        var one = Start(0);
        Task<FileStatus> Share(string name, string bytes, Fence? fence) =>
            one.ShareAsync(folder.Put(name, Encoding.ASCII.GetBytes(bytes)), fence, Cancelled);
        async Task RefusedAsync(string name, string bytes, Fence fence)
        {
            var before = await one.ListAsync(Cancelled);
            var e = await Assert.ThrowsAsync<FileException>(() => Share(name, bytes, fence));
            Assert.Equal(FileProblem.Fenced, e.Problem);
            Assert.Equal(before.Select(file => file.Id), (await one.ListAsync(Cancelled)).Select(file => file.Id));
        }

        await Share("x", "first", Turn(1, 5));
        await Share("x", "second", Turn(1, 6));
        await RefusedAsync("x", "late", Turn(1, 5));
        await RefusedAsync("x", "second", Turn(1, 5)); // nor what is shared there already
        await Share("x", "third", Turn(1, 6)); // the same turn
        await Share("y", "elsewhere", Turn(1, 5)); // the successor has shared nothing here yet
        await Share("x", "third", new Fence("token/other", 1, 1));
        await Share("x", "unfenced", null);
        await RefusedAsync("x", "late", Turn(1, 5)); // what is unfenced leaves what was kept

        await one.DisposeAsync();
        services.Remove(one);
        one = Start(0);
        await RefusedAsync("x", "late", Turn(1, 5));
        await RefusedAsync("x", "late", new Fence("token/other", 0, 9));
        await Share("x", "fourth", Turn(2, 1));
        Assert.Contains("token/job:2:1", File.ReadAllText(folder.At("0/files.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_keeps_the_fences_of_four_tokens()
    {
        var one = Start(0);
        var path = folder.Put("x", "bytes"u8);
        for (var i = 0; i < 4; i++)
            await one.ShareAsync(path, new Fence($"token/{i}", 1, 1), Cancelled);
        await one.ShareAsync(path, new Fence("token/0", 1, 2), Cancelled);
        var e = await Assert.ThrowsAsync<FileException>(() => one.ShareAsync(path, new Fence("token/4", 1, 1), Cancelled));
        Assert.Equal(FileProblem.TooMany, e.Problem);
    }

    [Fact]
    public async Task What_nobody_has_is_waited_for_until_somebody_shares_it()
    {
        var (one, other) = Pair();
        var bytes = Shared.Random(200_000);
        var path = folder.Put("late", bytes);
        var id = (await Alone(2).ShareAsync(path, Cancelled)).Id;
        await other.FetchAsync(id, null, Cancelled);
        await Task.Delay(300, Cancelled); // the other is asked, and hangs up, some times
        Assert.Equal((null, 0), ((await other.FindAsync(id, Cancelled))!.Name, (await other.FindAsync(id, Cancelled))!.Peers));

        await one.ShareAsync(path, Cancelled);
        Assert.Equal(bytes, File.ReadAllBytes((await CompleteAsync(other, id)).Path!));
    }

    [Fact]
    public async Task What_was_shared_and_on_its_way_goes_on_after_a_restart()
    {
        var (one, other) = Pair();
        var bytes = Shared.Random(2_000_000);
        var path = folder.Put("long", bytes);
        var id = (await Alone(2).ShareAsync(path, Cancelled)).Id;
        await other.FetchAsync(id, folder.At("got"), Cancelled);
        await other.DisposeAsync();
        await one.ShareAsync(path, Cancelled);
        await one.DisposeAsync();

        var (again, another) = Pair();
        var got = await CompleteAsync(another, id);
        Assert.Equal(bytes, File.ReadAllBytes(folder.At("got")));
        Assert.Equal(folder.At("got"), got.Path);
        Assert.True((await CompleteAsync(again, id)).IsComplete);
    }

    [Fact]
    public async Task A_shared_file_that_was_changed_is_given_up_and_never_written_to()
    {
        var (one, other) = Pair();
        var path = folder.Put("mine", Shared.Random(100_000));
        var id = (await one.ShareAsync(path, Cancelled)).Id;
        await other.FetchAsync(id, null, Cancelled);
        await CompleteAsync(other, id);

        var changed = Shared.Random(100_000, 2);
        File.WriteAllBytes(path, changed);
        await Soon.UntilAsync(() => news.OfType<FileNews.GivenUp>().Any(what => what.File.Id == id), "it is given up");
        Assert.Contains("is not what it was", (await one.FindAsync(id, Cancelled))!.Fault, StringComparison.Ordinal);
        Assert.Equal(changed, File.ReadAllBytes(path));

        var anew = await one.ShareAsync(path, Cancelled);
        Assert.NotEqual(id, anew.Id);
        Assert.Equal([anew.Id], (await one.ListAsync(Cancelled)).Select(file => file.Id));
    }

    [Fact]
    public async Task A_shared_file_that_is_removed_stays_and_goes_to_nobody_in_this_life_and_the_next()
    {
        var (one, other) = Pair();
        var path = folder.Put("mine", Shared.Random(100_000));
        var id = (await one.ShareAsync(path, Cancelled)).Id;
        var removed = await one.RemoveAsync(id, withData: true, Cancelled);
        Assert.Equal((id, path, null), (removed.Id, removed.Path, removed.Fault));
        Assert.Equal(100_000, new FileInfo(path).Length);
        Assert.Empty(await one.ListAsync(Cancelled));
        Assert.Empty(Directory.GetFiles(folder.At("0/files")));
        Assert.Single(news.OfType<FileNews.Removed>());
        await other.FetchAsync(id, null, Cancelled);
        await Task.Delay(300, Cancelled); // the first is asked, and hangs up, some times
        Assert.Null((await other.FindAsync(id, Cancelled))!.Name);

        await one.DisposeAsync();
        Assert.Empty(await Start(0).ListAsync(Cancelled));
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)] // a place of the user's
    public async Task What_was_fetched_is_deleted_on_demand_if_it_is_the_nodes(bool withData, bool isElsewhere, bool stays)
    {
        var (one, other) = Pair();
        var id = (await one.ShareAsync(folder.Put("film", Shared.Random(100_000)), Cancelled)).Id;
        await other.FetchAsync(id, isElsewhere ? folder.At("elsewhere") : null, Cancelled);
        var got = await CompleteAsync(other, id);
        var removed = await other.RemoveAsync(id.ToUpperInvariant(), withData, Cancelled);
        Assert.Equal((stays ? got.Path : null, null), (removed.Path, removed.Fault));
        Assert.Equal(stays, File.Exists(got.Path));
        Assert.Equal(stays && !isElsewhere, Directory.Exists(folder.At($"1/files/{id}")));

        await other.FetchAsync(id, isElsewhere ? folder.At("again") : null, Cancelled); // as if it had never been here
        Assert.Equal(Shared.Random(100_000), File.ReadAllBytes((await CompleteAsync(other, id)).Path!));
    }

    [Fact]
    public async Task What_is_on_its_way_is_fetched_no_more()
    {
        var other = Start(1, options => options with { WantedMax = 1 });
        var id = new string('a', 40);
        await other.FetchAsync(id, null, Cancelled);
        await other.RemoveAsync(id, withData: false, Cancelled);
        Assert.Null(await other.FindAsync(id, Cancelled));
        await other.FetchAsync(new string('b', 40), null, Cancelled); // there is room for another
        var unknown = await Assert.ThrowsAsync<FileException>(() => other.RemoveAsync(id, withData: false, Cancelled));
        Assert.Equal(FileProblem.Unknown, unknown.Problem);
    }

    [Fact]
    public async Task What_can_not_be_shared_or_fetched_is_refused_in_words()
    {
        var (one, _) = Pair();
        var kept = folder.Put("kept", "mine"u8);
        var id = new string('a', 40);
        async Task RefusedAsync(FileProblem problem, Func<Task> ask) =>
            Assert.Equal(problem, (await Assert.ThrowsAsync<FileException>(ask)).Problem);
        await RefusedAsync(FileProblem.Unusable, () => one.ShareAsync(folder.At("nothing"), Cancelled));
        await RefusedAsync(FileProblem.Unusable, () => one.ShareAsync(folder.At("."), Cancelled));
        await RefusedAsync(FileProblem.Unusable, () => one.ShareAsync(folder.Put("empty", []), Cancelled));
        await RefusedAsync(FileProblem.Malformed, () => one.ShareAsync("relative", Cancelled));
        await RefusedAsync(FileProblem.Malformed, () => one.FetchAsync("xyz", null, Cancelled));
        await RefusedAsync(FileProblem.Malformed, () => one.FetchAsync(new string('0', 40), null, Cancelled));
        await RefusedAsync(FileProblem.Malformed, () => one.FetchAsync(id, "../up", Cancelled));
        await RefusedAsync(FileProblem.Conflict, () => one.FetchAsync(id, kept, Cancelled));
        await RefusedAsync(FileProblem.Unusable, () => one.FetchAsync(id, folder.At("no/such/folder"), Cancelled));
        Assert.Empty(await one.ListAsync(Cancelled));
        Assert.Equal("mine"u8, File.ReadAllBytes(kept));
    }

    [Fact]
    public async Task As_many_files_as_allowed_are_taken_and_not_one_more()
    {
        var one = Start(1, options => options with { KnownMax = 3, WantedMax = 2 });
        string Id(int i) => $"{i:x40}";
        await one.FetchAsync(Id(1), null, Cancelled);
        await one.FetchAsync(Id(2), null, Cancelled);
        var wanted = await Assert.ThrowsAsync<FileException>(() => one.FetchAsync(Id(3), null, Cancelled));
        await one.ShareAsync(folder.Put("third", "3"u8), Cancelled);
        var path = folder.Put("fourth", "4"u8);
        var known = await Assert.ThrowsAsync<FileException>(() => one.ShareAsync(path, Cancelled));
        Assert.Equal((FileProblem.TooMany, FileProblem.TooMany), (wanted.Problem, known.Problem));
        Assert.Equal(3, (await one.ListAsync(Cancelled)).Count);
    }

    [Fact]
    public async Task Where_the_port_is_taken_another_is_and_it_is_told()
    {
        var first = Start(1);
        var data = Directory.CreateDirectory(folder.At("second")).FullName;
        var second = FileService.Start(new FileServiceOptions { Listen = first.Own, DataPath = data }, news.Enqueue);
        services.Add(second);
        Assert.NotEqual(first.Own.Port, second.Own.Port);
        Assert.Contains("--swarm-port", Assert.Single(news.OfType<FileNews.Warning>()).Text, StringComparison.Ordinal);
        Assert.Empty(await second.ListAsync(Cancelled));
    }

    [Fact]
    public void A_list_that_makes_no_sense_is_left_alone()
    {
        Directory.CreateDirectory(folder.At("5"));
        File.WriteAllText(folder.At("5/files.json"), "{");
        Assert.Contains("files.json", Assert.Throws<FileException>(() => Start(5)).Message, StringComparison.Ordinal);
        Assert.Equal("{", File.ReadAllText(folder.At("5/files.json")));
    }

    private static async Task<FileStatus> CompleteAsync(FileService service, string id)
    {
        FileStatus? last = null;
        using var limit = new CancellationTokenSource(Soon.Limit);
        await foreach (var status in service.FollowAsync(id.ToLowerInvariant(), limit.Token))
            last = status;
        Assert.True(last is { IsComplete: true, Fault: null }, $"{last}");
        return last;
    }

    // The first has been a member for long; the second learns of it.
    private static Fence Turn(ulong epoch, ulong sequence) => new("token/job", epoch, sequence);

    private (FileService One, FileService Other) Pair()
    {
        var (one, other) = (Start(0), Start(1));
        one.Noticed(new NodeId(2), other.Own);
        other.Noticed(new NodeId(1), one.Own);
        return (one, other);
    }

    // Known to nobody.
    private FileService Alone(int number) => Start(number);

    private FileService Start(int number, Func<FileServiceOptions, FileServiceOptions>? change = null)
    {
        var options = new FileServiceOptions
        {
            Listen = new Endpoint(0x7F000001 + (uint)number, 0),
            DataPath = Directory.CreateDirectory(folder.At($"{number}")).FullName,
        };
        var service = FileService.Start(change?.Invoke(options) ?? options, news.Enqueue);
        services.Add(service);
        return service;
    }
}
