using System.Net.Sockets;
using Roj.Agreement;
using Roj.Agreement.Wire;
using Roj.Host.Net;
using Roj.Kernel;
using Xunit;

namespace Roj.Tests.Host.Agreement;

/// <summary>One connection for each pair of nodes, whoever calls, and what may come over it.</summary>
public sealed class LinksTests
{
    private static readonly NodeId lesser = LinkEnds.Lesser;
    private static readonly NodeId greater = LinkEnds.Greater;

    [Fact]
    public void What_is_said_in_one_turn_arrives_in_order_by_one_connection_both_ways() => LinkEnds.OnLoop(async ends =>
    {
        for (var expected = 1; expected <= 7; expected++)
            ends[lesser].Send(greater, new AgreementMessage.Ready(expected));
        await ends.HeardAsync(greater, new AgreementMessage.Ready(7));
        Assert.Equal(Enumerable.Range(1, 7), ends.Heard.Select(heard => ((AgreementMessage.Ready)heard.What).Expected));
        ends[greater].Send(lesser, new AgreementMessage.Booted(1, 2));
        await ends.HeardAsync(lesser, new AgreementMessage.Booted(1, 2));
        Assert.Equal((1, 1), (ends[lesser].Counts.Links, ends[greater].Counts.Links));
        Assert.Equal((7, 1), (ends[lesser].Counts.Sent, ends[lesser].Counts.Received));
    });

    [Fact]
    public void Two_who_call_each_other_at_once_come_to_one_connection() => LinkEnds.OnLoop(async ends =>
    {
        for (var i = 1u; ends.Heard.Select(heard => heard.By).Distinct().Count() < 2; i++)
        {
            ends[lesser].Send(greater, new AgreementMessage.Booted(i, 1)); // what is said by the call that goes is said again
            ends[greater].Send(lesser, new AgreementMessage.Booted(i, 2));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await Soon.UntilAsync(() => ends[lesser].Counts.Links == 1 && ends[greater].Counts.Links == 1, "one connection");
        ends[lesser].Send(greater, new AgreementMessage.Booted(uint.MaxValue, 1));
        ends[greater].Send(lesser, new AgreementMessage.Booted(uint.MaxValue, 2));
        await ends.HeardAsync(greater, new AgreementMessage.Booted(uint.MaxValue, 1));
        await ends.HeardAsync(lesser, new AgreementMessage.Booted(uint.MaxValue, 2));
    });

    [Fact]
    public void Who_hangs_up_or_can_not_be_called_is_lost_and_nobody_else() => LinkEnds.OnLoop(async ends =>
    {
        ends[lesser].Send(greater, new AgreementMessage.Ready(1));
        await ends.HeardAsync(greater, new AgreementMessage.Ready(1));
        Assert.Empty(ends.Lost);
        ends[greater].Dispose(); // as when it dies: its port takes nothing any more either
        await Soon.UntilAsync(() => ends.Lost.Count > 0, "the end of the connection is told");
        Assert.Equal((lesser, greater), Assert.Single(ends.Lost));
        ends[lesser].Send(greater, new AgreementMessage.Ready(2));
        await Soon.UntilAsync(() => ends.Lost.Count > 1, "that the call came to nothing is told");
        Assert.Equal((lesser, greater), ends.Lost[1]);
    });

    [Fact]
    public void Large_messages_arrive_whole() => LinkEnds.OnLoop(async ends =>
    {
        var data = new byte[Content.BytesMax];
        new Rng(1).Fill(data);
        var id = new ChangeId(new NodeId(3), 1, 1);
        ends[lesser].Send(greater, new AgreementMessage.Forward(0, RegisterName.Of("large"), id, new RegisterChange.Set(data), null));
        await Soon.UntilAsync(() => ends.Heard.Count == 1, "it arrives");
        var heard = Assert.IsType<AgreementMessage.Forward>(ends.Heard[0].What);
        Assert.True(Assert.IsType<RegisterChange.Set>(heard.Change).Data.Span.SequenceEqual(data));
    });

    [Fact]
    public void What_is_cut_off_on_its_way_does_not_arrive_and_what_is_said_next_does() => LinkEnds.OnLoop(async ends =>
    {
        ends[lesser].Send(greater, new AgreementMessage.Ready(1));
        await ends.HeardAsync(greater, new AgreementMessage.Ready(1));
        ends[lesser].Cut(greater); // nothing is on its way
        ends[lesser].Cut(new NodeId(9));
        Assert.Equal(1, ends[lesser].Counts.Links);

        var id = new ChangeId(new NodeId(3), 1, 1);
        var change = new RegisterChange.Set(new byte[Content.BytesMax]);
        ends[lesser].Send(greater, new AgreementMessage.Forward(0, RegisterName.Of("large"), id, change, null));
        ends[lesser].Flush();
        ends[lesser].Cut(greater);
        Assert.Equal(0, ends[lesser].Counts.Links);
        ends[lesser].Send(greater, new AgreementMessage.Ready(2));
        await ends.HeardAsync(greater, new AgreementMessage.Ready(2));
        Assert.Equal([new AgreementMessage.Ready(1), new AgreementMessage.Ready(2)], ends.Heard.Select(heard => heard.What));
    });

    [Fact]
    public void To_who_is_not_here_nothing_is_said_and_who_is_gone_is_hung_up_on() => LinkEnds.OnLoop(async ends =>
    {
        ends[lesser].Send(new NodeId(9), new AgreementMessage.Ready(1));
        Assert.Equal((0, 1), (ends[lesser].Counts.Sent, ends[lesser].Counts.Dropped));
        ends[lesser].Send(greater, new AgreementMessage.Ready(1));
        await ends.HeardAsync(greater, new AgreementMessage.Ready(1));
        ends.Present.Remove(greater);
        ends[lesser].PlacesChanged();
        await Soon.UntilAsync(() => ends[greater].Counts.Links == 0, "the other end notices");
        Assert.Equal(0, ends[lesser].Counts.Links);
    });

    [Fact]
    public void A_call_that_comes_to_nothing_is_made_again_after_a_pause() => LinkEnds.OnLoop(async ends =>
    {
        ends.Present.Add(new NodeId(9)); // nobody listens there
        ends.Held = new Instant(0);
        ends[lesser].Send(new NodeId(9), new AgreementMessage.Ready(1));
        await Soon.UntilAsync(() => ends[lesser].Counts.Dropped == 1, "it came to nothing");
        ends.Held += LinkEnds.Pause - TimeSpan.FromTicks(1);
        ends[lesser].Send(new NodeId(9), new AgreementMessage.Ready(2));
        Assert.Equal((1, 2), (ends.Lost.Count, ends[lesser].Counts.Dropped)); // nobody was called
        ends.Held += TimeSpan.FromTicks(1);
        ends[lesser].Send(new NodeId(9), new AgreementMessage.Ready(3));
        await Soon.UntilAsync(() => ends.Lost.Count == 2, "he was called");
        Assert.Equal(3, ends[lesser].Counts.Dropped);
    });

    [Fact]
    public void Who_says_what_is_nothing_of_ours_is_hung_up_on_and_counted() => LinkEnds.OnLoop(async ends =>
    {
        var hello = new LinkHello(LinkKind.Node, LinkEnds.Cluster, greater, 1).Write();
        using var rubbish = await ends.CallAsync(lesser, greater, (byte[])[.. hello, 0, 0, 0, 9, 1, 99, 0, 0, 0, 0, 0, 0, 0]);
        await HungUpAsync(rubbish);
        using var tooLong = await ends.CallAsync(lesser, greater, (byte[])[.. hello, 0xFF, 0xFF, 0xFF, 0xFF]);
        await HungUpAsync(tooLong);
        Assert.Equal(2, ends[lesser].Counts.Malformed);
    });

    [Fact]
    public void Who_is_no_member_or_calls_from_elsewhere_is_refused() => LinkEnds.OnLoop(async ends =>
    {
        using var stranger = await ends.CallAsync(lesser, new NodeId(3), Hello(new NodeId(3)));
        await HungUpAsync(stranger);
        using var liar = await ends.CallAsync(lesser, new NodeId(3), Hello(greater));
        await HungUpAsync(liar);
        using var itself = await ends.CallAsync(lesser, lesser, Hello(lesser));
        await HungUpAsync(itself);
        Assert.Equal(3, ends[lesser].Counts.Refused);
        Assert.Equal(0, ends[lesser].Counts.Links);
    });

    [Fact]
    public void A_hello_is_one_in_one_piece_only()
    {
        var hello = new LinkHello(LinkKind.Client, 0x0102030405060708, new NodeId(9), 5);
        var bytes = hello.Write();
        Assert.Equal((LinkHello.Length, LinkHello.FirstByte), (bytes.Length, bytes[0]));
        Assert.True(LinkHello.TryRead(bytes, out var read));
        Assert.Equal(hello, read);
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(LinkHello.TryRead(bytes.AsSpan(0, length), out _));
        Assert.False(LinkHello.TryRead([.. bytes, 0], out _));
        foreach (var at in new[] { 0, 3, 4, 5 })
        {
            var other = bytes.ToArray();
            other[at] ^= 0x10;
            Assert.False(LinkHello.TryRead(other, out _));
        }
    }

    private static byte[] Hello(NodeId node) => new LinkHello(LinkKind.Node, LinkEnds.Cluster, node, 1).Write();

    /// <summary>Waits until the other end hangs up, whatever it says before.</summary>
    private static async Task HungUpAsync(Socket socket)
    {
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
                continue;
        }
        catch (SocketException)
        {
            // With what was sent unread it is a reset.
        }
    }
}
