using Roj.Kernel;
using Roj.Storage;
using Roj.Storage.Wire;
using Xunit;

namespace Roj.Tests.Storage.Numbered;

/// <summary>What a server and its router say first, as bytes; and who is welcome.</summary>
public sealed class GreetingTests
{
    private static readonly NodeId cluster = new(0x0A);
    private static readonly NodeId id = new(0x0B);

    [Fact]
    public void A_hello_as_bytes()
    {
        var bytes = new ServerHello(513, cluster, id).Write();
        Assert.Equal(
            "524F4A4E01" + "0201" + "0000000000000000000000000000000A" + "0000000000000000000000000000000B", Convert.ToHexString(bytes));
        Assert.Equal(ServerHello.Length, bytes.Length);
        Assert.True(ServerHello.TryRead(bytes, out var read));
        Assert.Equal(new ServerHello(513, cluster, id), read);
    }

    [Fact]
    public void A_reply_as_bytes()
    {
        var bytes = new RouterReply(ServerVerdict.OtherCluster, cluster, 1000).Write();
        Assert.Equal("524F4A4E01" + "03" + "0000000000000000000000000000000A" + "03E8", Convert.ToHexString(bytes));
        Assert.Equal(RouterReply.Length, bytes.Length);
        Assert.True(RouterReply.TryRead(bytes, out var read));
        Assert.Equal(new RouterReply(ServerVerdict.OtherCluster, cluster, 1000), read);
    }

    [Fact]
    public void What_is_none_is_none()
    {
        var (hello, reply) = (new ServerHello(1, cluster, id).Write(), new RouterReply(ServerVerdict.Welcome, cluster, 3).Write());
        for (var length = 0; length < hello.Length; length++)
            Assert.False(ServerHello.TryRead(hello.AsSpan(0, length), out _));
        for (var length = 0; length < reply.Length; length++)
            Assert.False(RouterReply.TryRead(reply.AsSpan(0, length), out _));
        Assert.False(ServerHello.TryRead([.. hello, 0], out _));
        Assert.False(RouterReply.TryRead([.. reply, 0], out _));
        foreach (var at in (int[])[0, 4]) // whose word, which version
        {
            hello[at] ^= 1;
            reply[at] ^= 1;
            Assert.False(ServerHello.TryRead(hello, out _));
            Assert.False(RouterReply.TryRead(reply, out _));
            hello[at] ^= 1;
            reply[at] ^= 1;
        }

        reply[5] = 4; // no such verdict
        Assert.False(RouterReply.TryRead(reply, out _));
    }

    [Fact]
    public void Who_is_welcome()
    {
        var other = new NodeId(0x0C);
        Assert.Equal(ServerVerdict.Welcome, Judge(new(2, default, id), null));
        Assert.Equal(ServerVerdict.Welcome, Judge(new(2, cluster, id), null));
        Assert.Equal(ServerVerdict.Welcome, Judge(new(2, cluster, id), there: id)); // it lost its connection, and nobody noticed
        Assert.Equal(ServerVerdict.NumberTaken, Judge(new(2, cluster, id), there: other));
        Assert.Equal(ServerVerdict.NoSuchNumber, Judge(new(3, cluster, id), null));
        Assert.Equal(ServerVerdict.OtherCluster, Judge(new(2, other, id), null));

        static ServerVerdict Judge(ServerHello hello, NodeId? there) => Doorkeeping.Judge(hello, cluster, 3, there);
    }

    [Fact]
    public void A_router_asks_and_a_server_answers_and_neither_says_what_is_the_others()
    {
        var key = StoreLab.Key("a");
        var entry = new Entry(default, null);
        StorageMessage[] asked =
        [
            new StorageMessage.Get(1, key), new StorageMessage.Put(1, key, entry, 0), new StorageMessage.List(1, 0, 0, 1),
        ];
        StorageMessage[] answered =
        [
            new StorageMessage.Got(1, null), new StorageMessage.Stored(1, false), new StorageMessage.Newer(1, default, false),
            new StorageMessage.Unable(1, StorageFault.Full), new StorageMessage.Listed(1, 0, []),
        ];
        StorageMessage[] neither = [new StorageMessage.Hint(1, id, key, entry), new StorageMessage.Compare(default, 0, 0, [])];
        Assert.All(asked, message => Assert.True(Doorkeeping.MayRouterSay(message) && !Doorkeeping.MayServerSay(message)));
        Assert.All(answered, message => Assert.True(Doorkeeping.MayServerSay(message) && !Doorkeeping.MayRouterSay(message)));
        Assert.All(neither, message => Assert.False(Doorkeeping.MayServerSay(message) || Doorkeeping.MayRouterSay(message)));
    }
}
