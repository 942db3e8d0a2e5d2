using FsCheck;
using FsCheck.Fluent;
using Roj.Kernel;
using Roj.Membership.Keeping;
using Roj.Membership.Keeping.Wire;

namespace Roj.Tests.Membership.Keeping;

/// <summary>Everything that members may say to each other, drawn by chance, and in text so that two of them can be compared.</summary>
internal static class Words
{
    private static readonly string[] names = ["a", "é", "node-17", new('n', Profile.NameBytesMax), "🙂🙂"];

    internal static Gen<SwimMessage> Messages =>
        from kind in Gen.Choose(0, 4)
        from sender in Ids
        from target in Ids
        from at in Endpoints
        from incarnation in Incarnations
        from sequence in Gen.Choose(int.MinValue, int.MaxValue)
        from news in Rumours.ListOf()
        select Message(kind, sender, incarnation, unchecked((uint)sequence), target, at, [.. news.Take(8)]);

    internal static Gen<ExchangeMessage> Exchanges => Gen.OneOf(
        Incarnations.Select(hash => (ExchangeMessage)new ExchangeMessage.Digest(hash)),
        Gen.Constant((ExchangeMessage)new ExchangeMessage.Same()),
        from id in Ids
        from boot in Incarnations
        from node in Endpoints
        from uptime in Gen.Choose(0, int.MaxValue)
        select (ExchangeMessage)new ExchangeMessage.Claim(id, boot | 1, 7, node, TimeSpan.FromMilliseconds(uptime)),
        from boot in Incarnations
        from uptime in Gen.Choose(0, int.MaxValue)
        select (ExchangeMessage)new ExchangeMessage.Verdict(boot, 7, TimeSpan.FromMilliseconds(uptime)),
        from records in Records.ListOf()
        from isLast in Gen.Elements(true, false)
        select (ExchangeMessage)new ExchangeMessage.Everything([.. records], isLast));

    private static Gen<NodeId> Ids =>
        from high in Gen.Choose(0, int.MaxValue)
        from low in Gen.Choose(0, int.MaxValue)
        select new NodeId(new UInt128((ulong)high << 33, (ulong)low));

    private static Gen<Endpoint> Endpoints =>
        from last in Gen.Choose(1, 254)
        from port in Gen.Choose(1, ushort.MaxValue)
        select Finding.At(last, (ushort)port);

    private static Gen<ulong> Incarnations => Gen.Elements<ulong>(0, 1, 0x1_0000_0000, 0x0102030405060708, Rumour.IncarnationLimit - 1);

    private static Gen<Profile> Profiles =>
        from name in Gen.Elements(names)
        from http in Gen.Choose(0, ushort.MaxValue)
        from swarm in Gen.Choose(0, ushort.MaxValue)
        from color in Gen.Choose(0, 255)
        from version in Gen.Choose(0, int.MaxValue)
        from tags in Gen.Choose(0, int.MaxValue)
        select new Profile(name, (ushort)http, (ushort)swarm, (byte)color, (uint)version, (uint)tags);

    private static Gen<Rumour> Rumours =>
        from id in Ids
        from incarnation in Incarnations
        from state in Gen.Elements(Enum.GetValues<MemberState>())
        from node in Endpoints
        from accuser in Ids
        from profile in Profiles
        select state == MemberState.Alive
            ? new Rumour(id, incarnation, state, node, id, profile)
            : new Rumour(id, incarnation, state, node, accuser, null);

    private static Gen<MemberRecord> Records =>
        from rumour in Rumours
        from profile in Profiles
        from tagsOf in Gen.Choose(0, int.MaxValue)
        from tags in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf()
        select new MemberRecord(
            rumour.Id, rumour.Incarnation, rumour.State, rumour.Node, rumour.Accuser, profile, (uint)tagsOf, tags);

    internal static SwimMessage Message(
        int kind, NodeId sender, ulong incarnation, uint sequence, NodeId target, Endpoint at, IReadOnlyList<Rumour> news) => kind switch
        {
            0 => new SwimMessage.Ping(sender, incarnation, sequence, target, news),
            1 => new SwimMessage.PingRequest(sender, incarnation, sequence, target, at, news),
            2 => new SwimMessage.Ack(sender, incarnation, sequence, news),
            3 => new SwimMessage.Nack(sender, incarnation, sequence, news),
            _ => new SwimMessage.Tell(sender, incarnation, sequence, news),
        };

    /// <summary>All of it, in one line.</summary>
    internal static string Text(SwimMessage message) => $"{message with { News = [] }} {string.Join(" ", message.News)}";

    /// <summary>All of it, in one line.</summary>
    internal static string Text(ExchangeMessage message) => message is ExchangeMessage.Everything(var records, var isLast)
        ? $"{isLast} {string.Join(" ", records.Select(Text))}"
        : message.ToString();

    private static string Text(MemberRecord record) =>
        $"{record with { Tags = default }} {Convert.ToHexString(record.Tags.Span)}";
}
