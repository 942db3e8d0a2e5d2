using System.Security.Cryptography;
using System.Text;
using Roj.Kernel;

namespace Roj.Host.Http;

/// <summary>Whether two nodes see the same members, in one word.</summary>
public static class RosterHash
{
    /// <summary>SHA-256, in lower-case hexadecimal digits, of the ids of the alive members, sorted, joined by newlines.</summary>
    /// <param name="alive">Their ids, in whatever order.</param>
    public static string Of(IEnumerable<NodeId> alive) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', alive.Order()))));
}
