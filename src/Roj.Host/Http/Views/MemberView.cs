using System.Globalization;
using System.Text.Json.Serialization;
using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Http.Views;

/// <summary>A member: in the list of all, or by itself.</summary>
/// <param name="Id">Its id, 32 hexadecimal digits.</param>
/// <param name="Name">What people call it; not unique.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="NodePort">The port by which nodes speak to each other.</param>
/// <param name="State"><c>joining</c>, <c>alive</c>, <c>suspect</c>, <c>dead</c> or <c>left</c>.</param>
/// <param name="Incarnation">Of which that is believed.</param>
/// <param name="Color"><c>green</c>, <c>red</c>, or null before colours were given.</param>
/// <param name="Services">What it runs, by name.</param>
/// <param name="HttpPort">Where its HTTP API is; null if it has none.</param>
/// <param name="SwarmPort">Where it shares files; null if it does not.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="Grounds">Why that is believed; only where one member is asked for.</param>
public sealed record MemberView(
    string Id,
    string Name,
    string Address,
    int NodePort,
    string State,
    ulong Incarnation,
    string? Color,
    IReadOnlyList<string> Services,
    int? HttpPort,
    int? SwarmPort,
    string Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] GroundsView? Grounds = null)
{
    /// <summary>Made from what the node believes.</summary>
    public static MemberView Of(Member member)
    {
        ArgumentNullException.ThrowIfNull(member);
        var profile = member.Profile;
        return new MemberView(
            member.Id.ToString(),
            profile.Name,
            Endpoint.AddressText(member.Node.Address),
            member.Node.Port,
            StateName(member.State),
            member.Incarnation,
            profile.Color switch { 1 => "green", 2 => "red", _ => null },
            [.. ServicesOf(profile)],
            profile.HttpPort == 0 ? null : profile.HttpPort,
            profile.SwarmPort == 0 ? null : profile.SwarmPort,
            VersionText(profile.Version));
    }

    /// <summary>The word for a state.</summary>
    public static string StateName(MemberState state) => state switch
    {
        MemberState.Alive => "alive",
        MemberState.Suspect => "suspect",
        MemberState.Dead => "dead",
        MemberState.Left => "left",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "a state without a word"),
    };

    private static IEnumerable<string> ServicesOf(Profile profile)
    {
        if (profile.HttpPort != 0)
            yield return "http";
        if (profile.SwarmPort != 0)
            yield return "files";
    }

    private static string VersionText(uint version) =>
        string.Create(CultureInfo.InvariantCulture, $"{(version >> 16) & 255}.{(version >> 8) & 255}.{version & 255}");
}
