using System.Text.Json;
using Roj.Host.Http;
using Roj.Host.Http.Views;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Xunit;

namespace Roj.Tests.Host.Http;

/// <summary>What the API says, literally: others rely on it.</summary>
public class ViewTests
{
    private const string One = "00000000000000000000000000000001";
    private const string Two = "00000000000000000000000000000002";

    [Fact]
    public void The_roster_hash_is_of_the_sorted_ids()
    {
        // printf '%s\n%s' 0…01 0…02 | sha256sum
        const string Expected = "751e52c6956c49c4aad8849d1c07370fd59759b69306a41cc39d82f36dc7435a";
        var hash = RosterHash.Of([new NodeId(2), new NodeId(1)]);
        Assert.Equal(Expected, hash);
        Assert.Equal(hash, RosterHash.Of([new NodeId(1), new NodeId(2)]));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", RosterHash.Of([]));
    }

    [Fact]
    public void Those_who_are_not_alive_are_listed_and_not_hashed()
    {
        var view = MembersView.Of(Portrait.Snapshot(
            Portrait.Member(3, "mars", MemberState.Suspect),
            Portrait.Member(4, "pluto", MemberState.Dead),
            Portrait.Member(5, "ceres", MemberState.Left),
            Portrait.Member(2, "venus")));
        Assert.Equal(["alive", "alive", "suspect", "dead", "left"], view.Members.Select(member => member.State));
        Assert.Equal(RosterHash.Of([new NodeId(1), new NodeId(2)]), view.RosterHash);
    }

    [Fact]
    public void A_status_is_written_so() => Assert.Equal(
        $$"""{"id":"{{One}}","name":"earth","cluster":"roj","mode":"available","version":"0.1.2","""
        + """
        "uptimeSeconds":100,"address":"127.0.0.1","nodePort":7071}
        """,
        JsonSerializer.Serialize(StatusView.Of(Portrait.Snapshot()), ApiJson.Default.StatusView));

    [Fact]
    public void A_member_is_written_so() => Assert.Equal(
        $$"""{"id":"{{Two}}","name":"venus","address":"127.0.0.2","nodePort":7071,"state":"alive","incarnation":4294967298,"""
        + """
        "color":null,"services":["http","files"],"httpPort":7070,"swarmPort":6881,"version":"0.1.2"}
        """,
        JsonSerializer.Serialize(MemberView.Of(Portrait.Member(2, "venus")), ApiJson.Default.MemberView));

    [Fact]
    public void Grounds_name_the_accuser_and_the_time()
    {
        var dead = Portrait.Member(2, "pluto", MemberState.Dead, secondsAgo: 30, accuser: 1);
        var noon = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        var grounds = GroundsView.Of(dead, Portrait.Snapshot(dead), noon);
        Assert.Equal(new GroundsView(noon.AddSeconds(-30), 30, One, "earth", "earth"), grounds);
        var stranger = dead with { Accuser = new NodeId(9) };
        Assert.Null(GroundsView.Of(stranger, Portrait.Snapshot(stranger), noon).AccuserName);
    }

    [Theory]
    [InlineData(Two, 1)]
    [InlineData("pluto", 2)]
    [InlineData("127.0.0.3", 1)]
    [InlineData("earth", 1)]
    [InlineData("Earth", 0)]
    [InlineData("", 0)]
    public void A_member_is_found_by_id_name_or_address(string word, int count)
    {
        var snapshot = Portrait.Snapshot(Portrait.Member(2, "pluto", MemberState.Dead), Portrait.Member(3, "pluto"));
        Assert.Equal(count, MemberSearch.Find(snapshot.Members, word).Count);
    }
}
