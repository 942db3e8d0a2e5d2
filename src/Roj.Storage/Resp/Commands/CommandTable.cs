using System.Text;

namespace Roj.Storage.Resp.Commands;

/// <summary>All commands that are understood, and what is said of them.</summary>
internal static class CommandTable
{
    private const int NameBytesMax = 32;

    /// <summary>In order of their names.</summary>
    public static IReadOnlyList<Command> All => all;

    private static readonly Command[] all =
    [
        .. ConnectionCommands.All
            .Concat(StringCommands.All)
            .Concat(KeyCommands.All)
            .Concat(ServerCommands.All)
            .Concat(Transactions.All)
            .Concat(RefusedCommands.All)
            .OrderBy(command => command.Name, StringComparer.Ordinal),
    ];

    /// <summary>Which is meant; null if none is.</summary>
    /// <param name="name">In whatever case.</param>
    public static Command? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > NameBytesMax)
            return null;
        Span<byte> small = stackalloc byte[NameBytesMax];
        if (Ascii.ToLower(name, small, out var length) != System.Buffers.OperationStatus.Done)
            return null;
        small = small[..length];
        var (low, high) = (0, all.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = small.SequenceCompareTo(all[middle].Bytes);
            if (order == 0)
                return all[middle];
            if (order < 0)
                high = middle - 1;
            else
                low = middle + 1;
        }

        return null;
    }
}
