using Roj.Kernel;
using Roj.Membership.Keeping;

namespace Roj.Host.Http;

/// <summary>Which member a word means.</summary>
internal static class MemberSearch
{
    /// <summary>The member with that id; else those with that name; else those at that address. Several, where people gave one name
    /// twice.</summary>
    public static IReadOnlyList<Member> Find(IReadOnlyList<Member> members, string word)
    {
        if (NodeId.TryParse(word, out var id) && members.FirstOrDefault(member => member.Id == id) is { } one)
            return [one];
        var named = members.Where(member => member.Profile.Name == word).ToList();
        if (named.Count == 0 && Endpoint.TryParseAddress(word, out var address))
            named = [.. members.Where(member => member.Node.Address == address)];
        return named;
    }
}
